"""A made-up catalogue of any size, for measuring: `manage.py load_catalogue`.

`plan` says what there is to be, `chances`, `vocabulary`, `values` and `shop` how it is spread,
`people`, `goods` and `deals` make rows of a numbered part, the same for the same seed; `writing`,
`keys` and `loading` bring them into the database, once, however often they are killed.
"""
