//! Colors from the host's accent, readable on light and dark. Pure arithmetic on sRGB; it touches nothing.

/// A color as red, green and blue, 0 to 255 each.
pub(crate) type Rgb = [u8; 3];

/// The colors of one scheme (LOOK.md).
pub(crate) struct Palette {
    /// The ground.
    pub(crate) paper: Rgb,
    /// The ink on it.
    pub(crate) ink: Rgb,
    /// The accent where the host names none.
    accent: Rgb,
    /// The rest, which no accent changes, as CSS. Edges stand out from the paper by 3:1.
    pub(crate) rest: &'static str,
}

pub(crate) const LIGHT: Palette = Palette {
    paper: [0xfb, 0xfa, 0xf7],
    ink: [0x1b, 0x1f, 0x24],
    accent: [0x0f, 0x6b, 0x62],
    rest: "color-scheme:light;--quiet:#5c636b;--line:#ddd9d0;--edge:#8a867d;--wrong:#a8431c",
};

pub(crate) const DARK: Palette = Palette {
    paper: [0x15, 0x18, 0x1b],
    ink: [0xe9, 0xe6, 0xdf],
    accent: [0x5c, 0xc0, 0xb3],
    rest: "color-scheme:dark;--quiet:#9aa3ab;--line:#2c3237;--edge:#6b737b;--wrong:#ef8a62",
};

/// The host's accent (`#rrggbb`) and the ink that is written on it. The accent is moved as little as it takes: towards the
/// scheme's ink until it stands out from the paper by 3:1, as a mark must (WCAG 2.2, 1.4.11), then darker until white or
/// ink reads on it at 4.5:1 (1.4.3).
pub(crate) fn accent(host: Option<&str>, scheme: &Palette) -> (Rgb, Rgb) {
    let mut accent = host.map_or(scheme.accent, parse);
    while contrast(accent, scheme.paper) < 3.05 {
        accent = nearer(accent, scheme.ink);
    }
    loop {
        for on in [[255; 3], LIGHT.ink] {
            if contrast(on, accent) >= 4.55 {
                return (accent, on);
            }
        }
        accent = nearer(accent, LIGHT.ink);
    }
}

/// A sixteenth of the way from one color to another, and at least one step: it arrives.
fn nearer(from: Rgb, to: Rgb) -> Rgb {
    std::array::from_fn(|i| {
        let (from, to) = (i32::from(from[i]), i32::from(to[i]));
        let step = (to - from) / 16;
        (from + if step == 0 { (to - from).signum() } else { step }) as u8
    })
}

/// Reads `#rrggbb`, which whoever calls has checked.
fn parse(text: &str) -> Rgb {
    let mut digits = 0u32;
    for byte in text.bytes().skip(1) {
        // Letters follow each other as digits do: in ASCII, 9 more than the low half of a letter is its value.
        digits = digits << 4 | u32::from(if byte > b'9' { (byte & 15) + 9 } else { byte & 15 });
    }
    [(digits >> 16) as u8, (digits >> 8) as u8, digits as u8]
}

/// Appends `#rrggbb`.
pub(crate) fn push(color: Rgb, out: &mut String) {
    out.push('#');
    for nibble in color.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        out.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }));
    }
}

/// The contrast ratio of two colors, 1 to 21 (WCAG 2.2, "contrast ratio").
pub(crate) fn contrast(a: Rgb, b: Rgb) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance (WCAG 2.2). The power 2.4 is taken by square roots, one instruction each, where a power function
/// would be a kilobyte on somebody's page: 0.4 is 1/4 + 1/8 + 1/64 + 1/128 to within 0.002.
fn luminance(color: Rgb) -> f32 {
    let linear = |byte: u8| {
        let s = f32::from(byte) / 255.0;
        if s <= 0.04045 {
            return s / 12.92;
        }
        let base = (s + 0.055) / 1.055;
        let mut root = base;
        let mut power = base * base;
        for halving in 1..=7 {
            root = root.sqrt();
            if matches!(halving, 2 | 3 | 6 | 7) {
                power *= root;
            }
        }
        power
    };
    0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, "relative luminance", to the letter.
    fn exact(a: Rgb, b: Rgb) -> f64 {
        let luminance = |color: Rgb| {
            let linear = |byte: u8| {
                let s = f64::from(byte) / 255.0;
                if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2])
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn grid() -> impl Iterator<Item = Rgb> {
        let steps = (0..=255u8).step_by(15);
        steps.clone().flat_map(move |r| {
            let steps = steps.clone();
            steps.clone().flat_map(move |g| steps.clone().map(move |b| [r, g, b]))
        })
    }

    #[test]
    fn every_accent_stands_out_from_the_paper_and_is_readable_under_its_ink() {
        for color in grid() {
            let mut text = String::new();
            push(color, &mut text);
            for scheme in [&LIGHT, &DARK] {
                let (accent, on) = accent(Some(&text), scheme);
                assert!(exact(accent, scheme.paper) >= 3.0, "{text} became {accent:?}");
                assert!(exact(accent, on) >= 4.5, "{text} became {accent:?}, {on:?}");
            }
        }
    }

    #[test]
    fn an_accent_that_is_readable_already_is_left_alone() {
        assert_eq!(accent(Some("#0f6b62"), &LIGHT), ([0x0f, 0x6b, 0x62], [255; 3]));
        assert_eq!(accent(Some("#ffd500"), &DARK), ([0xff, 0xd5, 0x00], LIGHT.ink));
    }

    #[test]
    fn the_contrast_is_that_of_wcag_within_one_in_a_hundred() {
        for color in grid() {
            for other in [LIGHT.paper, DARK.paper, [255; 3], LIGHT.ink] {
                let (ours, theirs) = (f64::from(contrast(color, other)), exact(color, other));
                assert!((ours / theirs - 1.0).abs() < 0.01, "{color:?} {other:?}: {ours} {theirs}");
            }
        }
    }

    #[test]
    fn the_inks_read_on_their_papers() {
        for scheme in [&LIGHT, &DARK] {
            assert!(exact(scheme.ink, scheme.paper) >= 7.0);
        }
    }
}
