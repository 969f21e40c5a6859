"""Words of persons' pages."""

from django import template

from fodfaeste.web.people import words
from fodfaeste.web.people.places import municipality_name

register = template.Library()
register.filter("country", words.country)
register.filter("language_name", words.language)
register.filter("municipality_name", municipality_name)
register.filter("name_in_lists", words.name_in_lists)
