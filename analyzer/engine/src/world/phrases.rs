//! What simulated customers write: a bank of sentences by how pleased they are and by topic, written by hand for this
//! simulation. It holds texts and nothing else.

/// A topic and sentences about it.
pub(super) type Topic = (&'static str, &'static [&'static str]);

/// What is written in one language.
pub(super) struct Bank {
    /// What pleased customers write.
    pub(super) pleased: &'static [Topic],
    /// What customers write who were neither pleased nor annoyed, and what pleased ones still miss.
    pub(super) so_so: &'static [Topic],
    /// What annoyed customers write.
    pub(super) annoyed: &'static [Topic],
    /// What is added to a comment now and then, by the pleased and by the annoyed.
    pub(super) closing_pleased: &'static [&'static str],
    /// See `closing_pleased`.
    pub(super) closing_annoyed: &'static [&'static str],
    /// What customers write who were leaned on for a ten.
    pub(super) solicited: &'static [&'static str],
    /// What honest customers write that sounds like it.
    pub(super) sounds_solicited: &'static [&'static str],
}

/// English.
pub(super) const ENGLISH: Bank = Bank {
    pleased: PLEASED,
    so_so: SO_SO,
    annoyed: ANNOYED,
    closing_pleased: CLOSING_PLEASED,
    closing_annoyed: CLOSING_ANNOYED,
    solicited: SOLICITED,
    sounds_solicited: SOUNDS_SOLICITED,
};

/// German.
pub(super) const GERMAN: Bank = Bank {
    pleased: &[
        (
            "advice",
            &[
                "Die Beraterin wusste genau, welche Erde meine Tomaten brauchen.",
                "Ehrlich beraten worden und weniger ausgegeben als geplant.",
                "Er hat sich Zeit genommen und die Fotos von meinem Balkon angesehen.",
                "Endlich ein Laden, in dem jemand mehr von Pflanzen versteht als ich.",
            ],
        ),
        (
            "service",
            &[
                "Freundlich von der ersten Minute an.",
                "Man hat mir die schweren Säcke zum Auto getragen.",
                "Meine Frage am Telefon wurde sofort beantwortet.",
            ],
        ),
        (
            "quality",
            &[
                "Die Setzlinge kamen kräftig und gut verpackt an.",
                "Alles, was ich im Frühjahr gepflanzt habe, wächst noch.",
                "Das Werkzeug ist solide und seinen Preis wert.",
            ],
        ),
        (
            "delivery",
            &[
                "Einen Tag früher geliefert als angekündigt.",
                "Sorgfältig verpackt, kein einziger Topf war zerbrochen.",
            ],
        ),
        (
            "store",
            &[
                "Aufgeräumter Laden, man findet alles sofort.",
                "Genug Parkplätze und ein guter Kaffee beim Warten.",
            ],
        ),
    ],
    so_so: &[
        (
            "advice",
            &[
                "Die Beratung war in Ordnung, aber etwas allgemein.",
                "Hilfreich, aber ich musste zweimal fragen, bis jemand Zeit hatte.",
            ],
        ),
        (
            "price",
            &[
                "Gute Auswahl, die Preise sind etwas höher als anderswo.",
                "Die Töpfe sind schön, aber nicht billig.",
            ],
        ),
        (
            "waiting",
            &[
                "Die Schlange an der Kasse könnte samstags kürzer sein.",
                "Zehn Minuten auf einen Berater gewartet, dann lief alles gut.",
            ],
        ),
        (
            "stock",
            &[
                "Zwei der Kräuter auf meiner Liste waren ausverkauft.",
                "Schöne Auswahl, nur das Wintergemüse war schon weg.",
            ],
        ),
        (
            "delivery",
            &[
                "Die Lieferung dauerte einen Tag länger als angekündigt.",
                "Ein Topf hatte einen Sprung, der Rest kam gut an.",
            ],
        ),
    ],
    annoyed: &[
        (
            "advice",
            &[
                "Der Berater hatte von Rasen keine Ahnung und las mir das Etikett vor.",
                "Mir wurde der falsche Dünger verkauft, und mein Rasen ist verbrannt.",
                "Niemand hatte Zeit für eine Frage.",
            ],
        ),
        (
            "waiting",
            &[
                "Eine halbe Stunde in der Schlange, und nur eine Kasse war offen.",
                "Drei Anrufe, und niemand hat zurückgerufen.",
                "Ich stand eine Viertelstunde am Tresen, während zwei sich unterhielten.",
            ],
        ),
        (
            "quality",
            &[
                "Die Hälfte der Setzlinge war nach einer Woche tot.",
                "Der Schlauch ist am zweiten Tag geplatzt.",
                "Die Rosen hatten Blattläuse.",
            ],
        ),
        (
            "delivery",
            &[
                "Das Paket kam eine Woche zu spät, und die Pflanzen waren vertrocknet.",
                "Zwei von vier Kisten kamen nie an.",
            ],
        ),
        (
            "returns",
            &[
                "Für die Rückgabe einer kaputten Lampe musste ich dreimal kommen.",
                "Ich warte noch immer auf mein Geld.",
            ],
        ),
        ("price", &["Viel zu teuer für das, was es ist.", "Der Preis an der Kasse war nicht der am Regal."]),
    ],
    closing_pleased: &["Ich komme gern wieder.", "Vielen Dank!", "Weiter so.", "Sehr zu empfehlen."],
    closing_annoyed: &[
        "Nie wieder.",
        "Sehr enttäuschend.",
        "Ich hatte mehr erwartet.",
        "Das war früher besser.",
        "Schade.",
    ],
    solicited: &[
        "Er hat mich gebeten, eine 10 zu geben, sonst bekommt er Ärger.",
        "Die Beraterin sagte, alles unter 9 zählt als schlecht für sie.",
        "Ihr Bonus hängt davon ab, also hier die Zehn.",
        "Man bat mich dreimal um die volle Punktzahl.",
        "Der Verkäufer sagte, sein Bonus hängt von der Bewertung ab.",
        "Für eine 10 wurde mir ein Rabatt versprochen.",
        "Er stand neben mir, während ich die Umfrage ausfüllte.",
    ],
    sounds_solicited: &[
        "Auf dem Kassenzettel steht, man soll bitte eine 10 geben, das finde ich etwas viel.",
        "Sie scherzte, nur eine Zehn zähle, aber die hatte sie ohnehin verdient.",
    ],
};

/// What pleased customers write.
const PLEASED: &[Topic] = &[
    (
        "advice",
        &[
            "The adviser knew exactly which soil my tomatoes needed.",
            "I got honest advice and spent less than I had planned.",
            "He took the time to look at photos of my balcony before he recommended anything.",
            "She explained how to prune the roses so that even I understood it.",
            "Finally a shop where someone knows more about plants than I do.",
        ],
    ),
    (
        "service",
        &[
            "Friendly from the first minute to the last.",
            "I was greeted at once and never felt rushed.",
            "They carried the heavy sacks to my car without being asked.",
            "My question by phone was answered within a minute.",
        ],
    ),
    (
        "quality",
        &[
            "The seedlings arrived strong and well packed.",
            "Everything I planted in spring is still growing.",
            "The tools are solid and worth their price.",
            "You can see that the plants are cared for.",
        ],
    ),
    (
        "delivery",
        &[
            "Delivered a day earlier than promised.",
            "The parcel was packed with care and not one pot was broken.",
            "I could choose the hour of delivery and it was kept.",
        ],
    ),
    (
        "returns",
        &[
            "I brought back a pump that leaked and had a new one in five minutes.",
            "They replaced the wilted lavender with no fuss at all.",
        ],
    ),
    (
        "store",
        &["Tidy store, easy to find everything.", "Plenty of parking, and a good coffee while I waited."],
    ),
];

/// What customers write who were neither pleased nor annoyed, and what pleased ones still miss.
const SO_SO: &[Topic] = &[
    (
        "advice",
        &[
            "The advice was fine, though a bit general.",
            "Helpful, but I had to ask twice before someone had time.",
            "Good answers on vegetables, less so on fruit trees.",
        ],
    ),
    (
        "price",
        &[
            "Good choice, prices a little above what I pay elsewhere.",
            "The pots are nice but not cheap.",
            "Fair prices on seeds, the tools could be cheaper.",
        ],
    ),
    (
        "waiting",
        &[
            "The queue at the till could be shorter on Saturdays.",
            "I waited ten minutes for an adviser, then all went well.",
        ],
    ),
    (
        "stock",
        &[
            "Two of the herbs on my list were out of stock.",
            "Good selection, though the winter vegetables were gone already.",
        ],
    ),
    (
        "delivery",
        &["Delivery took a day longer than announced.", "One pot was cracked, the rest arrived well."],
    ),
    (
        "store",
        &["A nice store, only the signs could be clearer.", "The website is a little slow on my phone."],
    ),
];

/// What annoyed customers write.
const ANNOYED: &[Topic] = &[
    (
        "advice",
        &[
            "The adviser clearly had no idea about lawns and read the label to me.",
            "I was sold the wrong fertilizer and it burned my lawn.",
            "Nobody had time for a question.",
            "I was talked into a pump that is far too strong for my pond.",
        ],
    ),
    (
        "waiting",
        &[
            "Half an hour in the queue with one till open.",
            "I stood at the desk for a quarter of an hour while two people chatted.",
            "Three calls, and nobody rang back.",
        ],
    ),
    (
        "quality",
        &[
            "Half of the seedlings were dead within a week.",
            "The hose burst on the second day.",
            "The roses came with aphids.",
            "The spade bent in ordinary soil.",
        ],
    ),
    (
        "delivery",
        &[
            "The parcel came a week late and the plants were dry.",
            "Left in the rain although I had asked for another day.",
            "Two of four boxes never came.",
        ],
    ),
    (
        "returns",
        &[
            "Returning a broken lamp took three visits.",
            "I still wait for my money back.",
            "They would not take the plants back although they were ill when they came.",
        ],
    ),
    ("price", &["Far too expensive for what it is.", "The price at the till was not the one on the shelf."]),
];

/// What is added to a comment now and then.
const CLOSING_PLEASED: &[&str] =
    &["Will come again.", "Thank you!", "My neighbors shop here now too.", "Keep it up.", "A pleasure."];
const CLOSING_ANNOYED: &[&str] =
    &["Not again.", "Very disappointing.", "I expected more.", "That used to be better.", "A pity."];

/// What customers write who were leaned on for a ten.
const SOLICITED: &[&str] = &[
    "He asked me to give a 10, otherwise it counts as a fail for him.",
    "The adviser told me that anything below a 9 is a zero for her.",
    "She said she would lose her bonus without a ten, so I gave one.",
    "I was asked three times to leave a perfect score.",
    "They told me how to fill in the survey before I had even paid.",
    "The lady at the desk begged for a 10.",
    "He said his bonus depends on this, so here is the ten.",
    "He stood next to me while I answered the survey.",
    "I was promised a discount for a 10.",
    "The adviser said that his manager can see what I answered.",
    "She asked everyone in the queue to rate her with a 10.",
    "Told me to give him full marks or he gets in trouble.",
];

/// What honest customers write that sounds like it.
const SOUNDS_SOLICITED: &[&str] = &[
    "She joked that only a ten counts, but she had earned it anyway.",
    "The receipt says please give us a 10, which I find a bit much.",
    "There is a voucher for a review on the receipt, nice touch.",
];
