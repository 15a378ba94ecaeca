"""What a migration may do while the previous release still serves."""

import pytest
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from market.core.db.expanding import contracts, refusals

Migration = migrations.Migration
# A column's type is the database's own word.
pytestmark = pytest.mark.django_db


def before() -> ProjectState:
    """A shelf as the running release knows it."""
    state = ProjectState()
    state.add_model(
        ModelState(
            "items",
            "Shelf",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
                ("note", models.CharField(max_length=20, null=True)),
                ("width", models.IntegerField()),
            ],
        )
    )
    return state


def migration(*operations: migrations.operations.base.Operation, doc: str = "Expand.") -> Migration:
    made = type("Made", (Migration,), {"__doc__": doc, "operations": list(operations)})
    return made("0002_shelves", "items")


def reasons(*operations: migrations.operations.base.Operation, doc: str = "Expand.") -> list[str]:
    return [one.why for one in refusals([migration(*operations, doc=doc)], before())]


def add(column: models.Field) -> migrations.AddField:
    return migrations.AddField("shelf", "depth", column)


def alter(name: str, column: models.Field) -> migrations.AlterField:
    return migrations.AlterField("shelf", name, column)


UNIQUE = migrations.AddConstraint("shelf", models.UniqueConstraint(fields=["name"], name="one"))
WIDE = migrations.AddConstraint(
    "shelf", models.CheckConstraint(condition=models.Q(width__gt=0), name="wide")
)


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.RemoveField("shelf", "note"), "still uses it"),
        (migrations.DeleteModel("shelf"), "still uses it"),
        (migrations.RenameField("shelf", "note", "remark"), "misses the name"),
        (migrations.RenameModel("shelf", "board"), "misses the name"),
        (migrations.AlterModelTable("shelf", "board"), "misses the name"),
        (add(models.IntegerField(default=1)), "inserts rows without it"),
        (alter("note", models.CharField(max_length=20, default="")), "may write null"),
        (alter("name", models.CharField(max_length=20, unique=True)), "the same twice"),
        (alter("width", models.BigIntegerField()), "by copying the table"),
        (alter("name", models.CharField(max_length=10)), "by copying the table"),
        (alter("name", models.CharField(max_length=200)), "by copying the table"),
        (UNIQUE, "rows that it refuses"),
        (WIDE, "rows that it refuses"),
        (migrations.AlterUniqueTogether("shelf", {("name", "note")}), "rows that it refuses"),
        (migrations.RunPython(lambda apps, editor: None), "no way back"),
        (migrations.RunSQL("DROP TABLE shelves", ""), "cannot be judged"),
    ],
)
def test_what_the_running_release_would_not_survive_is_refused(operation, why):
    (found,) = refusals([migration(operation)], before())

    assert why in found.why
    assert str(found).startswith("items.0002_shelves: ")


@pytest.mark.parametrize(
    "operation",
    [
        add(models.IntegerField(null=True)),
        add(models.IntegerField(default=1, db_default=1)),
        migrations.AddIndex("shelf", models.Index(fields=["name"], name="by_name")),
        alter("name", models.CharField(max_length=60)),
        alter("width", models.IntegerField(null=True)),
        alter("width", models.IntegerField(choices=[(1, "one")])),
        migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop),
        migrations.CreateModel("Board", [("id", models.BigAutoField(primary_key=True))]),
    ],
)
def test_what_only_adds_is_let_through(operation):
    assert reasons(operation) == []


def test_what_the_plan_makes_itself_is_not_known_to_anybody_yet():
    board = migrations.CreateModel(
        "Board", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]
    )
    depth = models.IntegerField(null=True)
    deep = models.UniqueConstraint(fields=["name", "depth"], name="deep")

    assert reasons(board, migrations.RemoveField("board", "name")) == []
    assert reasons(add(depth), migrations.AddConstraint("shelf", deep)) == []


def test_a_contraction_may_take_away_but_not_rename():
    doc = "Contract: nothing has read it since the release before."

    assert contracts(migration(doc=doc))
    assert reasons(migrations.RemoveField("shelf", "note"), UNIQUE, doc=doc) == []
    assert len(reasons(migrations.RenameField("shelf", "note", "remark"), doc=doc)) == 1
