class PublicPageLeak(Exception):
    """A page that is the same for everybody was about to carry something of one person."""
