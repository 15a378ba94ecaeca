"""Categories, attributes and licences, mirrored from the sites' definitions."""

from django.db import models
from django.utils import timezone

from market.core.ids import BINARY, NAMES


class Category(models.Model):
    """A node of a marketplace's tree, mirrored from site.toml. Retired, never deleted."""

    site_id = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    slug = models.CharField(max_length=60, db_collation=BINARY)
    path = models.CharField(max_length=130, db_collation=BINARY)  # `icons/line`
    name = models.CharField(max_length=80, db_collation=NAMES)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "path"], name="category_path"),
        ]

    def __str__(self) -> str:
        return self.path


class Attribute(models.Model):
    """A typed attribute of a marketplace's items, mirrored from site.toml."""

    site_id = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60, db_collation=BINARY)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=12)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "key"], name="attribute_key"),
        ]

    def __str__(self) -> str:
        return self.key


class AttributeOption(models.Model):
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="options")
    value = models.CharField(max_length=80, db_collation=BINARY)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute", "value"], name="attribute_option_value"),
        ]

    def __str__(self) -> str:
        return self.value


class Licence(models.Model):
    """A licence that a marketplace sells, mirrored from site.toml; its text has versions."""

    site_id = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, db_collation=BINARY)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=300)
    text_version = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "code"], name="licence_code"),
        ]

    def __str__(self) -> str:
        return self.code


class LicenceText(models.Model):
    """The words of one version of a licence, as purchases refer to them. Never changed."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="texts")
    version = models.PositiveSmallIntegerField()
    clauses = models.JSONField()  # [[heading, text], …] in English, the language that binds
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["licence", "version"], name="licence_text_version"),
        ]

    def __str__(self) -> str:
        return f"{self.licence_id} v{self.version}"
