"""The words that a `site.toml` may choose from."""

from enum import StrEnum


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Card(StrEnum):
    """Which card the lists draw."""

    LANDSCAPE = "landscape"
    PANEL = "panel"
    LANDSCAPE_HOVER_PLAY = "landscape-hover-play"
    AUDIO_ROW = "audio-row"
    PORTRAIT = "portrait"
    JUSTIFIED_GRID = "justified-grid"
    SQUARE = "square"


class Sort(StrEnum):
    BEST_MATCH = "best-match"
    BEST_SELLERS = "best-sellers"
    NEWEST = "newest"
    BEST_RATED = "best-rated"
    TRENDING = "trending"
    RECENTLY_UPDATED = "recently-updated"
    PRICE_LOW = "price-low"
    PRICE_HIGH = "price-high"


class FreeItems(StrEnum):
    PROMOTION_ONLY = "promotion-only"


class PriceSetter(StrEnum):
    AUTHOR = "author"


class EndProducts(StrEnum):
    ONE = "one"
    UP_TO_LIMIT = "up-to-limit"
    UNLIMITED = "unlimited"


class Medium(StrEnum):
    """Where a work is put to use."""

    STATIC = "static"  # print, pictures, films: nothing is embedded
    WEBSITE = "website"
    APP = "app"


class SupportBasis(StrEnum):
    ITEM_PRICE = "item_price"


class AttributeType(StrEnum):
    CHOICE = "choice"
    MULTI = "multi"
    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    TEXT = "text"
    URL = "url"
    COLOUR = "colour"
    DURATION = "duration"
    DATE = "date"
    VERSION = "version"
    COUNTRY = "country"


class AttributeFacet(StrEnum):
    NONE = "none"
    CHECKBOX = "checkbox"
    TOGGLE = "toggle"
    RANGE = "range"
    SWATCH = "swatch"


class FacetType(StrEnum):
    TREE = "tree"
    RANGE = "range"
    CHECKBOX = "checkbox"
    BUCKET = "bucket"
    DATE = "date"
    TOGGLE = "toggle"
    MULTI = "multi"


class PreviewKind(StrEnum):
    LANDSCAPE_IMAGE = "landscape-image"
    TALL_IMAGE = "tall-image"
    SQUARE_IMAGE = "square-image"
    WATERMARKED_IMAGE = "watermarked-image"
    ZOOM = "zoom"
    GALLERY = "gallery"
    LIVE_SITE = "live-site"
    FILE_TREE = "file-tree"
    VIDEO_PLAYER = "video-player"
    AUDIO_PLAYER = "audio-player"
    WAVEFORM = "waveform"
    GLYPH_SHEET = "glyph-sheet"
    TYPE_TESTER = "type-tester"
    ICON_GRID = "icon-grid"
    TURNTABLE_3D = "turntable-3d"
    WIREFRAME_TOGGLE = "wireframe-toggle"
    BEFORE_AFTER = "before-after"


class PreviewPlace(StrEnum):
    CARD = "card"
    CARD_HOVER = "card-hover"
    ITEM = "item"
