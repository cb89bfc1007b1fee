from wtforms import FileField as FileField
from wtforms.validators import InputRequired

class FileRequired(InputRequired): ...
