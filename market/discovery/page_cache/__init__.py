"""Whole public pages, kept compressed: what a warm page costs is one read of Redis or none.

rules        which pages a view lets be kept: its known parameters, what they depend on
wanted       which kept page a request asks for: its key
entries      a kept page as bytes
generations  what a page depends on; another value there, and the page counts no more
store        pages and generations in the cache `pages`, and who may refill one
memory       the pages that this process answered with a moment ago
purge        new values for the generations of what changed
"""
