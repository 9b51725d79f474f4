"""The file that tells a pipeline of the third stage which exposures make which product."""

import json


def write_association(folder, name, members, rule="Asn_Lv3Image"):
    """Write an association of one product; ``members`` is name of a file → type of the member."""
    association = {
        "asn_type": rule.removeprefix("Asn_Lv3").lower() + "3",
        "asn_rule": rule,
        "version_id": "20220717t000000",
        "code_version": "3.0.0",
        "degraded_status": "No known degraded exposures in association.",
        "program": "01234",
        "constraints": "none",
        "asn_id": "o001",
        "asn_pool": "jw01234_20220717t000000_pool",
        "target": "1",
        "products": [
            {
                "name": name,
                "members": [
                    {"expname": path.name, "exptype": kind, "exposerr": "null"}
                    for path, kind in members.items()
                ],
            }
        ],
    }
    path = folder / f"{name}_asn.json"
    path.write_text(json.dumps(association, indent=4))
    return path
