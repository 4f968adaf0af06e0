//! Review gating: an invitation to a public review that some scores are shown and others are not. It touches nothing but
//! its argument.
//!
//! It follows what a score decides: the condition of a question or page, the pages that a skip passes over, and questions
//! that are shown by whether such a question was answered. An invitation is a link to a review site, or words that ask
//! for a review; those of every language here count in every text, because a text may be in any.

use super::wording::{lists, phrase, words};
use super::{Piece, forms, pieces, places, scale, spoken, texts};
use crate::definition::{Skip, Text};
use crate::logic::{Condition, Expression, What};
use crate::prelude::*;
use crate::question::{Kind, Question};
use crate::{Definition, Id};

/// Every invitation that depends on a score: its path, and the text in the language that invites.
pub(super) fn gated(definition: &Definition) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let scored = Scored::new(definition);
    let mut look = |path: String, text, hidden: bool| {
        let inviting = |form: &&str| hidden && invites(&spoken(form)) || scored.chooses(form);
        found.extend(Text::all(text).into_iter().find(inviting).map(|form| (path, form)));
    };
    for (place, question) in places(definition) {
        for (path, text) in texts(&place, question) {
            look(path, text, scored.hides(&question.id));
        }
    }
    if let Some(thanks) = &definition.thanks {
        look("thanks".into(), thanks, scored.audience);
    }
    found
}

/// What is shown or not depending on a score.
struct Scored<'a> {
    definition: &'a Definition,
    hidden: Vec<&'a Id>,
    /// The survey itself is for some scores: the page says the score as an attribute.
    audience: bool,
}

impl<'a> Scored<'a> {
    fn new(definition: &'a Definition) -> Self {
        let audience = definition.who.attributes.iter().any(|(name, _)| names_score(name));
        let mut scored = Scored { definition, hidden: Vec::new(), audience };
        // Pages before this one may be passed over by a skip that a score decides.
        let mut passed = 0;
        for (p, page) in definition.pages.iter().enumerate() {
            let page_hidden = audience || p < passed || scored.decides(&page.show_if);
            for question in &page.questions {
                if page_hidden || scored.decides(&question.show_if) {
                    scored.hidden.push(&question.id);
                }
            }
            // A page that has nothing to show does not skip either.
            let all_hidden = page.questions.iter().all(|question| scored.hides(&question.id));
            let skips = page.skip_to.as_deref().unwrap_or_default();
            let first = skips.iter().position(|skip| all_hidden || scored.decides(&skip.condition));
            for skip in skips.iter().skip(first.unwrap_or(skips.len())) {
                passed = passed.max(target(definition, skip));
            }
        }
        scored
    }

    fn hides(&self, question: &Id) -> bool {
        self.hidden.contains(&question)
    }

    fn decides(&self, condition: &Option<Expression>) -> bool {
        condition.as_ref().is_some_and(|condition| self.speaks(condition.condition()))
    }

    /// Whether a condition holds for some scores and not for others. That a score was given at all is no score.
    fn speaks(&self, condition: &Condition) -> bool {
        condition.atoms().into_iter().any(|atom| {
            let compares = !matches!(atom, Condition::Answered(_));
            atom.terms().into_iter().any(|term| match &term.what {
                What::Answer(id, _) => {
                    self.hides(id)
                        || compares && self.definition.question(id).is_some_and(|q| self.is_score(q))
                }
                What::Attribute(name) => compares && names_score(name),
                What::Number(_) | What::Text(_) | What::Bool(_) => false,
            })
        })
    }

    fn is_score(&self, question: &Question) -> bool {
        match question.kind {
            Kind::Nps | Kind::Csat | Kind::Ces | Kind::Rating => true,
            Kind::Slider => question.low.is_some() || question.high.is_some() || self.judges(question),
            Kind::Matrix => question.points.is_some() || self.graded(question),
            Kind::Single | Kind::Dropdown => self.graded(question) || self.judges(question),
            Kind::Number | Kind::Consent => self.judges(question),
            _ => false,
        }
    }

    /// Its answers are judgments, some good and some bad.
    fn graded(&self, question: &Question) -> bool {
        let has = |sign| {
            question
                .options()
                .iter()
                .flat_map(|option| option.text.all())
                .any(|form| scale::sign(form) == Some(sign))
        };
        has(1) && has(-1)
    }

    /// Its text asks for a judgment, so that a plain yes or a number is one.
    fn judges(&self, question: &Question) -> bool {
        forms(self.definition, &question.text)
            .iter()
            .any(|(_, form)| words(&spoken(form)).iter().any(|word| lists(JUDGES, word)))
    }

    /// Whether a score chooses between a text that invites and one that does not.
    fn chooses(&self, form: &str) -> bool {
        let pieces = pieces(form);
        pieces.iter().enumerate().any(|(at, piece)| {
            let Piece::If(condition, then, otherwise) = piece else { return false };
            // The link may stand in the condition and the words around it, or the other way around.
            let around = |said: &str| {
                let parts = pieces.iter().enumerate().map(|(i, piece)| match piece {
                    _ if i == at => said,
                    Piece::Plain(plain) => plain,
                    _ => "",
                });
                parts.collect::<Vec<_>>().concat()
            };
            self.speaks(condition)
                && (invites(then) != invites(otherwise)
                    || invites(&around(then)) != invites(&around(otherwise)))
        })
    }
}

/// Past the last page for `end`.
fn target(definition: &Definition, skip: &Skip) -> usize {
    let has = |page: &crate::definition::Page| page.questions.iter().any(|q| q.id == skip.to);
    definition.pages.iter().position(has).unwrap_or(definition.pages.len())
}

/// Whether an attribute is a score by its name, such as `last_nps`.
fn names_score(name: &str) -> bool {
    let mut words = name.split(['-', '_']);
    words.any(|word| lists(SCORES, &word.to_ascii_lowercase()))
}

const SCORES: &str = "nps csat ces score rating stars sentiment promoter detractor satisfaction happy";

const JUDGES: &str = "satisfied happy unhappy pleased recommend enjoy enjoyed satisfaction experience \
    zufrieden empfehlen satisfecho satisfecha recomendar recomendaria satisfait recommander recommanderiez \
    satisfeito soddisfatto consigliare consiglierebbe tevreden aanbevelen";

/// Addresses of review sites, as parts of one.
const SITES: &str = "g.page search.google. maps.google. google.com/maps maps.app.goo.gl goo.gl/maps writereview trustpilot. yelp. \
    tripadvisor. capterra. g2.com apps.apple.com itunes.apple.com play.google.com producthunt.com glassdoor. \
    trustedshops. holidaycheck. sitejabber. reviews.io feefo. kununu. provenexpert. kiyoh. klantenvertellen. \
    ekomi avis-verifies. getapp. softwareadvice. opentable. booking.com bbb.org consumeraffairs. trustradius.";

/// Sites that are for reviews and nothing else: to name one is to invite, where the answer before decides.
const REVIEWERS: &str = "trustpilot|yelp|tripadvisor|trip advisor|capterra|g2|app store|play store|google play|glassdoor|trusted \
    shops|holidaycheck|sitejabber|feefo|kununu|provenexpert|trustradius";

/// Sites that have reviews among other things, and words that say that those are meant.
const OTHERS: &[(&[&str], &str)] = &[
    (
        &["google"],
        "share tell post feedback recommend* empfehl* teilen compart* partag* condivid* deel opinion* avis",
    ),
    (
        &["google", "facebook", "amazon", "apple", "bing", "booking", "opentable"],
        "review* rate rating* star stars bewert* rezension* sterne resena* valora* estrellas noter notez etoiles \
         recension* stelle avalia* estrelas beoordel* recensie* sterren",
    ),
];

/// Words that ask for one to be written, words for it, and whether they also stand the other way around.
const ASKS: &[(&str, &str, bool)] = &[
    ("write leave leaving post posting give submit add share publish drop", "review reviews", false),
    ("leave", "rating", false),
    (
        "schreiben schreibe schreib schreibst hinterlassen hinterlasse verfassen verfasse veroffentlichen",
        "bewertung rezension",
        true,
    ),
    ("abgeben abgib teilen geben", "rezension", true),
    (
        "escriba escribe escribir escribenos deja deje dejar dejanos dejenos publica publique publicar comparte comparta",
        "resena resenas",
        false,
    ),
    (
        "laissez laisser laisse ecrivez ecrire publiez publier deposez deposer redigez rediger partagez",
        "avis",
        false,
    ),
    (
        "escreva escrever deixe deixar publique publicar partilhe compartilhe",
        "avaliacao avaliacoes resenha review",
        false,
    ),
    (
        "scrivi scriva scrivere lascia lasci lasciare lasciaci pubblica pubblichi condividi",
        "recensione recensioni",
        false,
    ),
    ("schrijf schrijven laat plaats plaatsen achterlaten achter geef", "recensie review beoordeling", true),
];

/// Whole phrases that ask for a public review.
const PHRASES: &str = "review us|review our|public review|online review|rate us on|rate our app|rate the app|rate this app|five \
    star review|5 star review";

/// How many words may stand between the asking and what is asked for.
const REACH: usize = 6;

/// Whether a text invites to a public review: by a link, or by words.
fn invites(text: &str) -> bool {
    let lower = text.to_lowercase();
    if SITES.split_ascii_whitespace().any(|site| lower.contains(site)) {
        return true;
    }
    let address = |token: &&str| token.contains("://") || token.starts_with("www.");
    let reviewed = |token: &str| {
        [
            "review",
            "bewert",
            "rezension",
            "avis",
            "opinion",
            "resena",
            "recension",
            "avalia",
            "beoordel",
            "recensie",
        ]
        .iter()
        .any(|part| token.contains(part))
    };
    if lower.split_whitespace().filter(address).any(reviewed) {
        return true;
    }
    // What stands in quotes asks all the same.
    let words = words(&text.replace(['“', '”', '"', '„', '«', '»'], " "));
    let meant = |word: &String, table: &str| {
        table.split_ascii_whitespace().any(|listed| match listed.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => word == listed,
        })
    };
    let others = OTHERS.iter().any(|(sites, table)| {
        words.iter().any(|word| sites.contains(&word.as_str())) && words.iter().any(|word| meant(word, table))
    });
    if phrase(&words, PHRASES).is_some() || phrase(&words, REVIEWERS).is_some() || others {
        return true;
    }
    ASKS.iter().any(|(asking, asked, both)| {
        let at = |table: &str| {
            words
                .iter()
                .enumerate()
                .filter(|(_, word)| lists(table, word))
                .map(|(i, _)| i)
                .collect::<Vec<_>>()
        };
        let asked = at(asked);
        at(asking).iter().any(|&verb| {
            asked.iter().any(|&noun| {
                noun > verb && noun - verb <= REACH || *both && verb > noun && verb - noun <= REACH
            })
        })
    })
}
