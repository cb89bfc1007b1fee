"""For any WSGI server, such as ``gunicorn --worker-class gthread --threads 32 wsgi``, beside ``crosslinks worker``."""

from crosslinks.serve.wsgi import application

app = application
