"""A tiny folder of source files, right until a test breaks it."""

import gzip
from pathlib import Path

SEATS = """\
code,name,name_cy,three_code,country,region,hex_q,hex_r
E14000001,Ashford,,ASH,England,South East,1,-2
S14000006,"Ayr, Carrick and Cumnock",,AYR,Scotland,Scotland,3,4
W07000001,Gower,Gwyr,GOW,Wales,Wales,5,6
N05000001,Belfast East,,BFE,Northern Ireland,Northern Ireland,7,8
"""
MEMBERS = """\
constituency_code,parliament_id,full_title,display_name,party,elected_on,email
E14000001,11,Rt Hon Ann Lee MP,Ms Ann Lee,Labour,2024-07-04,ann@parliament.example
S14000006,12,Sir Bob Orr,Sir Bob Orr,Independent,2010-05-06,
W07000001,13,Cai Rhys MP,Cai Rhys,Plaid Cymru,,cai@parliament.example
"""
POSTCODES = """\
pcds,doterm,pcon
AB1 1AB,,E14000001
AB1 1AA,,E14000001
AB1 1BA,,S14000006
AB1 1ZZ,202001,E14000001
AB1 2AA,,W07000001
BT1 1AA,,N05000001
JE1 1AA,,L99999999
"""
SEATS_FILE = "constituencies_2024.csv"
MEMBERS_FILE = "members_2026-06-27.csv"
POSTCODES_FILE = "gb_postcodes_2024.csv.gz"


def make_folder(place: Path, **texts: str) -> Path:
    """Write the three files, with other ``seats``, ``members`` or ``postcodes``."""
    place.mkdir(exist_ok=True)
    (place / SEATS_FILE).write_text(texts.get("seats", SEATS), encoding="utf-8")
    (place / MEMBERS_FILE).write_text(texts.get("members", MEMBERS), encoding="utf-8")
    (place / POSTCODES_FILE).write_bytes(
        gzip.compress(texts.get("postcodes", POSTCODES).encode())
    )
    return place
