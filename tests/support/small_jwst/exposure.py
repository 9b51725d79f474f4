"""What the headers of all small exposures say, whichever instrument took them."""

from dataclasses import dataclass

from astropy.time import Time

BEGIN = 59777.25  # MJD, UTC, of the first exposure
SECONDS = 100.0  # of the first exposure


@dataclass(frozen=True)
class Exposure:
    """One exposure with one detector: its number in the visit, from 1, and who took it."""

    number: int
    detector: str
    suffix: str = "cal"
    program: str = "01234"
    observation: str = "001"
    nints: int = 1

    @property
    def filename(self):
        visit = f"jw{self.program}{self.observation}001_02101_{self.number:05d}"
        return f"{visit}_{self.detector.lower()}_{self.suffix}.fits"

    @property
    def seconds(self):
        """Exposure time: another one for each exposure, the same for all its detectors."""
        return SECONDS * self.number

    @property
    def start(self):
        return BEGIN + (self.number - 1) / 100

    def meta(self, instrument, exposure_type):
        """Return ``meta`` as far as it does not depend on where the exposure points."""
        start = Time(self.start, format="mjd")
        end = start.mjd + (self.seconds + 10) / 86400
        date, time = start.isot.split("T")
        return {
            "telescope": "JWST",
            "date": "2022-07-17T00:00:00.000",
            "origin": "STSCI",
            "filename": self.filename,
            "bunit_data": "MJy/sr",
            "bunit_err": "MJy/sr",
            "data_processing_level": "2b",
            "program": {"title": "Small exposures", "category": "GO"},
            "target": {"catalog_name": "SMALL", "ra": 22.02, "dec": 11.99, "type": "FIXED"},
            "instrument": {"detector": self.detector, **instrument},
            "observation": {
                "date": date,
                "time": time,
                "date_beg": start.isot,
                "date_end": Time(end, format="mjd").isot,
                "program_number": self.program,
                "observation_number": self.observation,
                "visit_number": "001",
                "visit_group": "02",
                "sequence_id": "1",
                "activity_id": "01",
                "exposure_number": str(self.number),
            },
            "exposure": {
                "type": exposure_type,
                "start_time": start.mjd,
                "mid_time": (start.mjd + end) / 2,
                "end_time": end,
                "exposure_time": self.seconds,
                "effective_exposure_time": self.seconds,
                "measurement_time": self.seconds - 10,
                "elapsed_exposure_time": self.seconds + 5,
                "duration": self.seconds + 10,
                "integration_time": self.seconds / self.nints,
                "nints": self.nints,
                "ngroups": 5,
                "nframes": 1,
                "groupgap": 0,
                "group_time": self.seconds / self.nints / 5,
                "frame_time": self.seconds / self.nints / 5,
                "integration_start": 1,
                "integration_end": self.nints,
                "readpatt": "RAPID",
            },
            "ref_file": {
                "crds": {"context_used": "jwst_1364.pmap", "sw_version": "12.1.10"},
                "flat": {"name": f"crds://small_flat_{self.detector.lower()}.fits"},
            },
            "cal_step": {"assign_wcs": "COMPLETE", "flat_field": "COMPLETE", "photom": "COMPLETE"},
            "calibration_software_version": "1.20.0",
            "background": {"level": 0.1 * self.number, "subtracted": False, "method": "local"},
            "dither": {
                "primary_type": "INTRAMODULE",
                "position_number": self.number,
                "x_offset": 0.1 * self.number,
                "y_offset": -0.1 * self.number,
            },
        }
