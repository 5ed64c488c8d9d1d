"""Real places with real distances, for tests. Longitude first."""

from geo.spatial import lon_lat

MONTREAL = lon_lat(-73.5673, 45.5017)
LAVAL = lon_lat(-73.7124, 45.6066)
QUEBEC_CITY = lon_lat(-71.2080, 46.8139)
GASPE = lon_lat(-64.48, 48.83)
PERCE = lon_lat(-64.2172, 48.5231)
RIMOUSKI = lon_lat(-68.52, 48.45)
MATANE = lon_lat(-67.53, 48.84)
BAIE_COMEAU = lon_lat(-68.15, 49.22)
CHIBOUGAMAU = lon_lat(-74.37, 49.92)
MANIWAKI = lon_lat(-75.97, 46.38)
ILES_DE_LA_MADELEINE = lon_lat(-61.88, 47.38)
OTTAWA = lon_lat(-75.6951, 45.4290)
TORONTO = lon_lat(-79.3832, 43.6532)

# Longitude, latitude and region of towns in every part of Québec.
TOWNS = [
    ("Gaspé", -64.48, 48.83, "11"),
    ("Rimouski", -68.52, 48.45, "01"),
    ("Sherbrooke", -71.89, 45.40, "05"),
    ("Gatineau", -75.70, 45.48, "07"),
    ("Chibougamau", -74.37, 49.92, "10"),
    ("Shawinigan", -72.75, 46.57, "04"),
    ("Drummondville", -72.48, 45.88, "17"),
    ("Montréal", -73.58, 45.51, "06"),
    ("Laval", -73.71, 45.61, "13"),
    ("Longueuil", -73.52, 45.53, "16"),
    ("Îles-de-la-Madeleine", -61.88, 47.38, "11"),
    ("Saint-Jérôme", -74.00, 45.78, "15"),
    ("Joliette", -73.44, 46.02, "14"),
    ("Lévis", -71.18, 46.80, "12"),
    ("Québec", -71.21, 46.81, "03"),
    ("Saguenay", -71.07, 48.43, "02"),
    ("Rouyn-Noranda", -79.02, 48.24, "08"),
    ("Sept-Îles", -66.38, 50.20, "09"),
    ("Cowansville", -72.75, 45.20, "05"),
]
