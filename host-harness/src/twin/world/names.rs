//! Invented people, firms and places.
//!
//! Names are common ones in combination; telephone numbers come from the range that Ofcom keeps free for
//! drama. Absent on purpose: real people's data of any kind.

pub const GIVEN_NAMES: &[&str] = &[
    "Zoë",
    "Łukasz",
    "Siân",
    "Oliver",
    "Amelia",
    "Chloë",
    "George",
    "Isla",
    "Renée",
    "Harry",
    "Aoife",
    "Noah",
    "Seán",
    "Priya",
    "Muhammad",
    "Grace",
    "Oluwaseun",
    "Freya",
    "Björn",
    "Eilidh",
    "Tomáš",
    "Margaret",
    "José",
    "Wei",
    "Ffion",
    "Jean-Luc",
    "Nikolaos",
    "Heather",
    "D’Arcy",
    "Małgorzata",
];

pub const FAMILY_NAMES: &[&str] = &[
    "Hughes",
    "Kowalczyk",
    "O'Neill",
    "Smith",
    "Patel",
    "Llewellyn",
    "MacDonald",
    "Brontë",
    "Adeyemi",
    "Taylor",
    "Fitzgerald-Howe",
    "Núñez",
    "Müller",
    "Thompson",
    "Ó Súilleabháin",
    "Żukowska",
    "Begum",
    "Walker",
    "Singh",
    "van der Berg",
    "Jones",
    "Çelik",
    "Wright",
    "St. John",
    "Nguyễn",
];

pub const GREEK_NAMES: &[&str] =
    &["Ελένη Παπαδοπούλου", "Γιώργος Νικολάου", "Maria Papadaki", "Kostas Ioannou"];

pub const COMPANIES: &[&str] = &[
    "Pennine Interiors Ltd",
    "Café Brontë",
    "Llys Dental Practice",
    "Ashdown & Sons",
    "Quayside Lettings LLP",
    "St Aidan's Primary School",
    "Ōmori Design Studio",
    "Weald Joinery Limited",
    "The Old Forge (Trading) Ltd",
];

pub const STREETS: &[&str] = &[
    "High Street",
    "Mill Lane",
    "Station Road",
    "Church Close",
    "Queensway",
    "The Green",
    "Larch Avenue",
    "Ffordd y Parc",
    "Kirkgate",
    "Ladywell Terrace",
    "Harbour View",
    "St. Mary's Row",
    "Back Lane",
    "Orchard Drive",
];

pub const HOUSE_NAMES: &[&str] = &["Rose Cottage", "The Old Rectory", "Tŷ Newydd", "Fairview", "Beck House"];

pub const OVER_LONG_LINE: &str =
    "Rear loading bay of the former Mechanics' Institute, Unit 14B, behind the climbing centre";

/// A town with its county, and the letters and district of its post codes.
pub struct Town {
    pub name: &'static str,
    pub county: &'static str,
    pub post_code: &'static str,
}

const fn town(name: &'static str, county: &'static str, post_code: &'static str) -> Town {
    Town { name, county, post_code }
}

/// Great Britain; a post code here is its outward part.
pub const MAINLAND_TOWNS: &[Town] = &[
    town("Leeds", "West Yorkshire", "LS6"),
    town("Bristol", "Bristol", "BS3"),
    town("London", "Greater London", "SW1A"),
    town("London", "", "E17"),
    town("Manchester", "Greater Manchester", "M4"),
    town("Cardiff", "South Glamorgan", "CF11"),
    town("Glasgow", "Lanarkshire", "G42"),
    town("Edinburgh", "Midlothian", "EH6"),
    town("Hebden Bridge", "West Yorkshire", "HX7"),
    town("Llanfairpwllgwyngyll", "Gwynedd", "LL61"),
    town("Newcastle upon Tyne", "Tyne and Wear", "NE2"),
    town("Penzance", "Cornwall", "TR18"),
    town("King's Lynn", "Norfolk", "PE30"),
    town("Stornoway", "Isle of Lewis", "HS1"),
    town("Birmingham", "West Midlands", "B13"),
    town("Ashby-de-la-Zouch", "Leicestershire", "LE65"),
];
pub const NORTHERN_IRELAND_TOWNS: &[Town] = &[
    town("Belfast", "County Antrim", "BT9"),
    town("Derry", "County Londonderry", "BT48"),
    town("Newry", "County Down", "BT34"),
];
pub const ISLE_OF_MAN_TOWNS: &[Town] =
    &[town("Douglas", "Isle of Man", "IM1"), town("Ramsey", "Isle of Man", "IM8")];
pub const JERSEY_TOWNS: &[Town] = &[town("St Helier", "Jersey", "JE2")];
pub const GUERNSEY_TOWNS: &[Town] = &[town("St Peter Port", "Guernsey", "GY1")];

/// Abroad; a post code here is a pattern in which `9` stands for a digit and `A` for a letter.
pub const GREECE_TOWNS: &[Town] =
    &[town("Αθήνα", "Αττική", "105 99"), town("Thessaloniki", "Central Macedonia", "546 99")];
pub const IRELAND_TOWNS: &[Town] =
    &[town("Dublin", "Dublin", "D09 A9A9"), town("Cork", "Co. Cork", "T12 A9A9")];
pub const GERMANY_TOWNS: &[Town] =
    &[town("Köln", "Nordrhein-Westfalen", "50999"), town("München", "Bayern", "80999")];
pub const FRANCE_TOWNS: &[Town] = &[town("Besançon", "Bourgogne-Franche-Comté", "25999")];
pub const NORWAY_TOWNS: &[Town] = &[town("Tromsø", "Troms", "9099")];
pub const SWITZERLAND_TOWNS: &[Town] = &[town("Zürich", "ZH", "8099")];
pub const UNITED_STATES_TOWNS: &[Town] = &[town("Portland", "OR", "97999"), town("Albany", "NY", "12299")];
