"""Images of HST as its pipelines write them: their keywords, and no pixels worth mentioning."""

import numpy as np
from astropy.io import fits

SECTIONS = {
    "": {
        "FILENAME": ("", "name of file"),
        "FILETYPE": ("SCI", "type of data found in data file"),
        "ORIGIN": ("HST/STScI", "FITS file originator"),
        "DATE": ("2024-02-21", "date this file was written (yyyy-mm-dd)"),
        "NEXTEND": (3, "Number of standard extensions"),
        "TELESCOP": ("HST", "telescope used to acquire data"),
        "INSTRUME": ("ACS", "identifier for instrument used to acquire data"),
        "EQUINOX": (2000.0, "equinox of celestial coord. system"),
    },
    "DATA DESCRIPTION KEYWORDS": {
        "ROOTNAME": ("", "rootname of the observation set"),
        "IMAGETYP": ("EXT", "type of exposure identifier"),
        "PRIMESI": ("ACS", "instrument designated as prime"),
    },
    "TARGET INFORMATION": {
        "TARGNAME": ("NGC104", "proposer's target name"),
        "RA_TARG": (5.65, "right ascension of the target (deg) (J2000)"),
        "DEC_TARG": (-72.0684, "declination of the target (deg) (J2000)"),
    },
    "PROPOSAL INFORMATION": {
        "PROPOSID": (10775, "PEP proposal identifier"),
        "LINENUM": ("19.001", "proposal logsheet line number"),
        "PR_INV_L": ("Sarajedini", "last name of principal investigator"),
        "PR_INV_F": ("Ata", "first name of principal investigator"),
        "PR_INV_M": ("", "middle name initial of principal investigator"),
    },
    "EXPOSURE INFORMATION": {
        "SUNANGLE": (96.67, "angle between sun and V1 axis"),
        "MOONANGL": (79.15, "angle between moon and V1 axis"),
        "FGSLOCK": ("FINE", "commanded FGS lock (FINE,COARSE,GYROS,UNKNOWN)"),
        "GYROMODE": ("3", "number of gyros scheduled"),
        "DATE-OBS": ("2006-03-13", "UT date of start of observation (yyyy-mm-dd)"),
        "TIME-OBS": ("01:36:38", "UT time of start of observation (hh:mm:ss)"),
        "EXPSTART": (53807.06711226, "exposure start time (Modified Julian Date)"),
        "EXPEND": (53807.06746411, "exposure end time (Modified Julian Date)"),
        "EXPTIME": (30.0, "exposure duration (seconds)--calculated"),
        "EXPFLAG": ("NORMAL", "Exposure interruption indicator"),
        "QUALCOM1": ("", ""),
        "QUALITY": ("", ""),
    },
    "POINTING INFORMATION": {"PA_V3": (79.9, "position angle of V3-axis of HST (deg)")},
    "TARGET OFFSETS (POSTARGS)": {
        "POSTARG1": (0.0, "POSTARG in axis 1 direction"),
        "POSTARG2": (0.0, "POSTARG in axis 2 direction"),
    },
    "SCIENCE INSTRUMENT CONFIGURATION": {
        "OBSTYPE": ("IMAGING", "observation type - imaging or spectroscopic"),
        "OBSMODE": ("ACCUM", "operating mode"),
        "SUBARRAY": (False, "data from a subarray (T) or full frame (F)"),
        "DETECTOR": ("WFC", "detector in use: WFC, HRC, or SBC"),
        "FILTER1": ("F606W", "element selected from filter wheel 1"),
        "FILTER2": ("CLEAR2L", "element selected from filter wheel 2"),
        "APERTURE": ("WFCENTER", "aperture name"),
        "CCDAMP": ("ABCD", "CCD Amplifier Readout Configuration"),
        "CCDGAIN": (2.0, "commanded gain of CCD"),
        "CCDOFSTA": (3, "commanded CCD bias offset for amplifier A"),
    },
    "CALIBRATION SWITCHES: PERFORM, OMIT, COMPLETE": {
        "STATFLAG": (False, "Calculate statistics?"),
        "DQICORR": ("COMPLETE", "data quality initialization"),
        "BIASCORR": ("COMPLETE", "Subtract bias image"),
        "DARKCORR": ("COMPLETE", "Subtract dark image"),
        "FLATCORR": ("COMPLETE", "flat field data"),
        "PHOTCORR": ("COMPLETE", "populate photometric header keywords"),
        "DRIZCORR": ("PERFORM", "drizzle processing"),
    },
    "CALIBRATION REFERENCE FILES": {
        "BPIXTAB": ("jref$2ai1654hj_bpx.fits", "bad pixel table"),
        "BIASFILE": ("jref$q4g1553mj_bia.fits", "bias image file name"),
        "DARKFILE": ("jref$q4g15539j_drk.fits", "dark image file name"),
        "PFLTFILE": ("jref$nar1136nj_pfl.fits", "pixel to pixel flat field file name"),
        "IDCTAB": ("jref$v8q1444tj_idc.fits", "image distortion correction table"),
    },
    "COSMIC RAY REJECTION ALGORITHM PARAMETERS": {
        "MEANEXP": (0.0, "reference exposure time for parameters"),
        "SCALENSE": (0.0, "multiplicative scale factor applied to noise"),
        "CRMASK": (False, "flag CR-rejected pixels in input files (T/F)"),
    },
    "CALIBRATED ENGINEERING PARAMETERS": {
        "ATODGNA": (2.002, "calibrated gain for amplifier A"),
        "READNSEA": (5.255, "calibrated read noise for amplifier A"),
        "BIASLEVA": (2439.68, "bias level for amplifier A"),
    },
    "ASSOCIATION KEYWORDS": {
        "ASN_ID": ("J9L960010", "unique identifier assigned to association"),
        "ASN_TAB": ("j9l960010_asn.fits", "name of the association table"),
        "ASN_MTYP": ("EXP-DTH", "Role of the Member in the Association"),
    },
}
"""Titles of sections, and the keywords of PRIMARY below them."""

SCI = {
    "INHERIT": (True, "inherit the primary header"),
    "EXPNAME": ("", "exposure identifier"),
    "BUNIT": ("ELECTRONS", "brightness units"),
    "CCDCHIP": (1, "CCD chip (1 or 2)"),
    "WCSAXES": (2, "number of World Coordinate System axes"),
    "CRPIX1": (2072.0, "x-coordinate of reference pixel"),
    "CRPIX2": (1024.0, "y-coordinate of reference pixel"),
    "CRVAL1": (5.63, "first axis value at reference pixel"),
    "CRVAL2": (-72.05, "second axis value at reference pixel"),
    "CTYPE1": ("RA---TAN-SIP", "the coordinate type for the first axis"),
    "CTYPE2": ("DEC--TAN-SIP", "the coordinate type for the second axis"),
    "CD1_1": (1.86e-06, "partial of first axis coordinate w.r.t. x"),
    "CD1_2": (1.36e-05, "partial of first axis coordinate w.r.t. y"),
    "CD2_1": (1.42e-05, "partial of second axis coordinate w.r.t. x"),
    "CD2_2": (-1.2e-06, "partial of second axis coordinate w.r.t. y"),
    "LTV1": (0.0, "offset in X to subsection start"),
    "ORIENTAT": (95.1, "position angle of image y axis (deg. e of n)"),
    "RA_APER": (5.65, "RA of aperture reference position"),
    "PA_APER": (95.0, "Position Angle of reference aperture center (de"),
    "VAFACTOR": (1.00002, "velocity aberration plate scale factor"),
    "FILLCNT": (0, "number of segments containing fill"),
    "ERRCNT": (0, "number of segments containing errors"),
    "PHOTMODE": ("ACS WFC1 F606W MJD#53807.0671", "observation con"),
    "PHOTFLAM": (7.8e-20, "inverse sensitivity, ergs/cm2/Ang/electron"),
    "PHOTZPT": (-21.1, "ST magnitude zero point"),
    "PHOTPLAM": (5921.9, "Pivot wavelength (Angstroms)"),
    "NCOMBINE": (1, "number of image sets combined during CR rejecti"),
    "NGOODPIX": (8137543, "number of good pixels"),
    "SDQFLAGS": (31743, "serious data quality flags"),
    "GOODMIN": (-30.5, "minimum value of good pixels"),
    "GOODMAX": (63541.2, "maximum value of good pixels"),
    "GOODMEAN": (50.25, "mean value of good pixels"),
    "SOFTERRS": (0, "number of soft error pixels (DQF=1)"),
    "MEANDARK": (0.13, "average of the dark values subtracted"),
    "MEANBLEV": (2439.7, "average of all bias levels subtracted"),
    "IDCSCALE": (0.05, ""),
    "A_0_2": (2.1e-06, ""),
    "B_0_2": (-7.2e-06, ""),
    "MDRIZSKY": (10.5, "Sky value computed by AstroDrizzle"),
}
ERR = {"INHERIT": (True, "inherit the primary header"), "BUNIT": ("ELECTRONS", "brightness units")}
DQ = {"INHERIT": (True, "inherit the primary header"), "BUNIT": ("UNITLESS", "brightness units")}

WFC3 = {
    "INSTRUME": "WFC3",
    "PRIMESI": "WFC3",
    "DETECTOR": "UVIS",
    "APERTURE": "UVIS",
    "FILTER1": None,
    "FILTER2": None,
    "FILTER": "F814W",
    "PROPOSID": 11638,
    "PR_INV_L": "Rothberg",
    "SAMPTIME": 10.0,
    "BPIXTAB": "iref$n8i1345gi_bpx.fits",
}
WFPC2 = {
    "INSTRUME": "WFPC2",
    "DETECTOR": 3,
    "FILTER1": 21,
    "FILTER2": 0,
    "FILTNAM1": "F555W",
    "FILTNAM2": "",
    "MODE": "FULL",
    "SHUTTER": "A",
    "UEXPODUR": 300,
    "PROPOSID": 5236,
}
"""What others have otherwise; None where they do not have it."""

MJD_OF_DAY = 53807


class Undefined:
    """Stands for a card without a value."""


def primary_header(rootname, start=0.0, seconds=30.0, **values):
    """Return a primary header, with sections; None as a value leaves a keyword out."""
    clock = round(start * 86400)
    own = {
        "ROOTNAME": rootname,
        "FILENAME": f"{rootname}_flt.fits",
        "DATE-OBS": f"2006-03-{13 + clock // 86400:02}",
        "TIME-OBS": f"{clock % 86400 // 3600:02}:{clock % 3600 // 60:02}:{clock % 60:02}",
        "EXPSTART": MJD_OF_DAY + start,
        "EXPEND": MJD_OF_DAY + start + seconds / 86400,
        "EXPTIME": seconds,
    } | values
    header = fits.Header()
    for title, cards in SECTIONS.items():
        if title:
            header.append(("", ""), end=True)
            header.append(("", f"              / {title}"), end=True)
            header.append(("", ""), end=True)
        _add(header, cards, own)
    for keyword, value in own.items():
        if keyword not in header and value is not None:
            header[keyword] = _value(value)
    return header


def _add(header, cards, own):
    for keyword, (value, comment) in cards.items():
        value = own.get(keyword, value) if keyword in own else value
        if value is not None:
            header.append((keyword, _value(value), comment), end=True)


def _value(value):
    return fits.card.Undefined() if value is Undefined else value


def chip_headers(rootname, version=1, **values):
    """Return the headers of the three extensions of a chip."""
    own = {"EXPNAME": f"{rootname[:-1]}q", "CCDCHIP": version} | values
    headers = {}
    for name, cards in {"SCI": SCI, "ERR": ERR, "DQ": DQ}.items():
        header = headers[name] = fits.Header()
        _add(header, cards, own if name == "SCI" else {})
        for keyword, value in own.items():
            if name == "SCI" and keyword not in header and value is not None:
                header[keyword] = _value(value)
    return headers


def exposure(rootname, chips=({},), *, extensions=("SCI", "ERR", "DQ"), **primary):
    """Return an exposure with a chip for each dict of what is the chip's own."""
    header = primary_header(rootname, NEXTEND=len(extensions) * len(chips), **primary)
    hdus = [fits.PrimaryHDU(header=header)]
    for version, own in enumerate(chips, start=1):
        headers = chip_headers(rootname, version, **own)
        for name in extensions:
            data = np.zeros((2, 2), np.int16 if name == "DQ" else np.float32)
            hdus.append(fits.ImageHDU(data, headers[name], name=name, ver=version))
    return fits.HDUList(hdus)


def drizzled(rootname="j9l960010", **primary):
    """Return a drizzled product, with the keywords that drizzling gives it."""
    header = primary_header(rootname, FILENAME=f"{rootname}_drz.fits", NEXTEND=3, **primary)
    header["NDRIZIM"] = (2, "Drizzle, number of images drizzled onto output")
    header["D001DATA"] = ("j9l9a1q_flt.fits[sci,1]", "Drizzle, input data image")
    hdus = [fits.PrimaryHDU(header=header)]
    data = np.arange(64, dtype=np.float32).reshape(8, 8)
    for name, array in {"SCI": data, "WHT": data + 1, "CTX": np.ones((8, 8), np.int32)}.items():
        extension = fits.Header()
        extension["CRPIX1"] = (4.5, "x-coordinate of reference pixel")
        extension["CRVAL1"] = 5.6
        extension["CTYPE1"] = "RA---TAN"
        extension["ORIENTAT"] = 0.0
        extension["BUNIT"] = "ELECTRONS/S" if name == "SCI" else "UNITLESS"
        hdus.append(fits.ImageHDU(array, extension, name=name, ver=1))
    return fits.HDUList(hdus)
