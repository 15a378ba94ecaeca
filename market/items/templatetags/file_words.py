"""Words for what is stored of a file: `{{ file.role|role_label }}`, `{{ key|fact_name }}`."""

from django import template

from market.items.content import file_words, roles

register = template.Library()

register.filter(roles.role_label)
register.filter(file_words.preview_name)
register.filter(file_words.fact_name)
register.filter(file_words.fact_value)
