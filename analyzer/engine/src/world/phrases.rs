//! What simulated customers write: a bank of sentences by how pleased they are and by topic, written by hand for this
//! simulation. It holds texts and nothing else.

/// A topic and sentences about it.
pub(super) type Topic = (&'static str, &'static [&'static str]);

/// What pleased customers write.
pub(super) const PLEASED: &[Topic] = &[
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
pub(super) const SO_SO: &[Topic] = &[
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
pub(super) const ANNOYED: &[Topic] = &[
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
pub(super) const CLOSING_PLEASED: &[&str] =
    &["Will come again.", "Thank you!", "My neighbors shop here now too.", "Keep it up.", "A pleasure."];
pub(super) const CLOSING_ANNOYED: &[&str] =
    &["Not again.", "Very disappointing.", "I expected more.", "That used to be better.", "A pity."];

/// What customers write who were leaned on for a ten.
pub(super) const SOLICITED: &[&str] = &[
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
pub(super) const SOUNDS_SOLICITED: &[&str] = &[
    "She joked that only a ten counts, but she had earned it anyway.",
    "The receipt says please give us a 10, which I find a bit much.",
    "There is a voucher for a review on the receipt, nice touch.",
];
