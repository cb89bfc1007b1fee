"""The migrations make exactly the tables that the models describe, on the database of this run."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from crosslinks.kernel.db import Base, db
from crosslinks.kernel.schema import is_current
from crosslinks.schema import bring_up_to_date
from tests.instances import close_database, new_instance


def test_migrations_and_models_agree(tmp_path, database_url):
    with new_instance(tmp_path / "instance", database_url) as instance:
        app = instance.prepare()
        with app.app_context():
            assert is_current()
            with db.engine.connect() as connection:
                context = MigrationContext.configure(connection, opts={"compare_type": True})
                assert compare_metadata(context, Base.metadata) == []
        bring_up_to_date(app)
        close_database(app)
