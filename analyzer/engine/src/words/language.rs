//! The language of a text, or that it cannot be told. It reads a text, and touches nothing else.
//!
//! whatlang's trigrams and alphabets (Cavnar & Trenkle 1994) with its own measure of confidence; where that is not above .9
//! (whatlang's `is_reliable`) the answer is *unknown*, and nothing language-bound may be computed: no sentiment, no
//! solicitation cues, no key phrases. Trap: short comments are mostly unknown ("ok", "great!"), and a wrong language gives a
//! wrong sentiment without any sign of it, so unknown is the better answer.

use whatlang::{Lang, Script};

/// A language that was told with confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(&'static str);

impl Language {
    /// English.
    pub const ENGLISH: Language = Language("en");

    /// German.
    pub const GERMAN: Language = Language("de");

    /// Its BCP 47 tag: two letters (ISO 639-1) where there are, else three.
    pub fn tag(self) -> &'static str {
        self.0
    }
}

/// The language of a text; none is unknown.
pub fn language(text: &str) -> Option<Language> {
    let info = whatlang::detect(text)?;
    // A script with one language is "certain" to whatlang even in a single letter.
    if !info.is_reliable()
        || (info.script() != Script::Latin && text.chars().filter(|c| c.is_alphabetic()).count() < 2)
    {
        return None;
    }
    Some(Language(tag(info.lang())))
}

/// ISO 639-3 as BCP 47 wants it: the two-letter code where one exists.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Epo => "eo",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Ben => "bn",
        Lang::Hin => "hi",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seven_languages_are_told_apart_in_a_sentence() {
        for (text, expected) in [
            ("The young man at the counter was friendly and helped me with everything that I needed.", "en"),
            (
                "El señor que está en el mostrador fue muy amable conmigo y me ayudó con todo aquello que yo necesitaba. ¡Muchísimas gracias, volveré!",
                "es",
            ),
            (
                "Der junge Mann an der Kasse war sehr freundlich und hat mir mit allem geholfen, was ich brauchte.",
                "de",
            ),
            (
                "Le jeune homme au comptoir était très aimable et il m'a aidé pour tout ce dont j'avais besoin.",
                "fr",
            ),
            (
                "O rapaz do balcão foi muito simpático e ajudou-me com tudo aquilo de que eu precisava, não há queixas.",
                "pt",
            ),
            (
                "Il ragazzo al banco è stato molto gentile e mi ha aiutato con tutto quello che mi serviva.",
                "it",
            ),
            (
                "De jongeman achter de balie was erg vriendelijk en heeft me geholpen met alles wat ik nodig had.",
                "nl",
            ),
        ] {
            assert_eq!(language(text).map(Language::tag), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_unknown() {
        for text in ["", "   ", "10/10", "ok", "👍👍", "Great!", "super", "no", "!!!", "lol", "п", "好"]
        {
            assert_eq!(language(text), None, "{text:?}");
        }
    }

    #[test]
    fn tags_are_two_letters_and_each_language_has_its_own() {
        let mut tags: Vec<&str> = Lang::all().iter().map(|&lang| tag(lang)).collect();
        assert!(tags.iter().all(|tag| tag.len() == 2), "{tags:?}");
        tags.sort_unstable();
        assert!(tags.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(
            language("Привет, всё было очень хорошо, спасибо большое за помощь").map(Language::tag),
            Some("ru")
        );
    }
}
