"""Words of persons' pages."""

from django import template

from fodfaeste.web.people import words

register = template.Library()
register.filter("country", words.country)
register.filter("language_name", words.language)
register.filter("name_in_lists", words.name_in_lists)
