"""Plugins for plain files: mappings of keywords are inputs; FITS files, HDULists, ASDF files products."""

from blender_core import AsdfProduct, FitsProduct, Plugins, Provider, Source, hookimpl

PROVIDER = Provider("plain-products", "2.1", "plain")
HDUS = {"NCOMBINE": "SCI", "ORIENTAT": "SCI", "CCDGAIN": "SCI,2"}
TYPES = {"EXPTIME": "number", "EXPSTART": "number", "NCOMBINE": "integer", "ORIENTAT": "number"}
TYPES |= {"FLASH": "boolean", "NSAMP": "integer", "CCDGAIN": "number"}
RULES = {"EXPTIME": "sum", "EXPSTART": "min", "FILTER": "multi", "NCOMBINE": "sum"}
KEYWORDS = ["ROOTNAME", "FILTER", "EXPSTART", "EXPTIME", "NSAMP", "FLASH", "NCOMBINE", "ORIENTAT"]


def schema_of(keywords=(*KEYWORDS, "CCDGAIN"), **more):
    """Return a schema with attributes of these keywords, and others by name."""
    attributes = {
        keyword.lower(): {
            "type": TYPES.get(keyword, "string"),
            "title": f"Title of {keyword}",
            "fits_keyword": keyword,
            "fits_hdu": HDUS.get(keyword, "PRIMARY"),
            "blend_rule": RULES.get(keyword, "first"),
            "blend_table": True,
        }
        for keyword in keywords
    }
    return {"properties": {"meta": {"properties": attributes | more}}}


class Headers(Source):
    model_type = "plain FITS"
    schema = schema_of()

    def __init__(self, header, what):
        self.header, self.what = header, what

    def read(self, layout):
        return [self.header.get(attribute.keyword) for attribute in layout.attributes]


class Combined(FitsProduct):
    model_type = "plain FITS"
    schema = schema_of()


class Survey(AsdfProduct):
    """Has its values below ``survey``: that of meta.exptime is survey.exptime."""

    model_type = "plain FITS"
    schema = schema_of()

    def place(self, path):
        return path.replace("meta", "survey", 1)


class PlainPlugin:
    """The plugin: ``product`` makes the product, ``schema`` is that of both."""

    def __init__(self, product=Combined, schema=None):
        members = {} if schema is None else {"schema": schema}
        self.source = type("Headers", (Headers,), members)
        self.product = type("Combined", (product,), members) if members else product

    @hookimpl
    def blender_open(self, given, what):
        return self.source(given, what) if isinstance(given, dict) else None

    format = "fits"

    @hookimpl
    def blender_product(self, given, what, opened):
        is_ours = opened is not None and opened.format == self.format
        return self.product(given, what) if is_ours else None


class AsdfPlugin(PlainPlugin):
    format = "asdf"

    def __init__(self, product=Survey, schema=None):
        super().__init__(product, schema)


def plugins_with(*plugins):
    """Return the installed plugins and these."""
    found = Plugins.discover()
    for number, plugin in enumerate(plugins or [PlainPlugin()]):
        name = "plain" if number == 0 else f"plain{number + 1}"
        found.register(plugin, Provider(PROVIDER.distribution, PROVIDER.version, name))
    return found


INPUTS = [
    {"ROOTNAME": "one", "FILTER": "F606W", "EXPSTART": 55162.5, "EXPTIME": 350.5, "NCOMBINE": 2},
    {"ROOTNAME": "two", "FILTER": "F814W", "EXPSTART": 55161.25, "EXPTIME": 400.25, "FLASH": True},
    {"ROOTNAME": "three", "EXPTIME": 0.125, "NCOMBINE": 3, "NSAMP": 4},
]
"""With what lacks first, in the middle and last."""
BLENDED = {
    "ROOTNAME": "one",
    "FILTER": "MULTIPLE",
    "EXPSTART": 55161.25,
    "EXPTIME": 750.875,
    "NCOMBINE": 5,
}
"""What these give, by hand."""
