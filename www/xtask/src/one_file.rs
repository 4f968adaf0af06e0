//! The analyzer as one file, for a machine without a network: its page with script, style and packed programs in it, under a
//! policy that lets none of them fetch anything. It touches no file.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Where it lies in the site.
pub(crate) const PLACE: &str = "analyzer/candor-analyzer.html";

/// Puts the script, the style and the programs, each with its name, into the template.
///
/// # Errors
/// A placeholder is missing, or a text would end the element that holds it.
pub(crate) fn page(
    template: &str,
    js: &[u8],
    css: &[u8],
    programs: &[(&str, &[u8])],
) -> Result<String, String> {
    let js = inline(js, "script")?;
    let css = inline(css, "style")?;
    let mut packed = Vec::new();
    for (name, program) in programs {
        let base64 = BASE64.encode(gzip(program).map_err(|error| error.to_string())?);
        packed.push(format!("<script type=\"application/gzip\" data-program=\"{name}\">{base64}</script>"));
    }
    // Of a policy in a page, `frame-ancestors` would be passed over.
    let policy = format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; style-src {}; connect-src 'none'; worker-src blob:; \
         img-src data:; base-uri 'none'; form-action 'none'",
        source(js),
        source(css)
    );
    let parts = [("policy", policy.as_str()), ("css", css), ("programs", &packed.join("\n")), ("js", js)];
    // From the back, so that nothing that was put in is taken for a placeholder.
    let mut page = template.to_owned();
    for (name, text) in parts.into_iter().rev() {
        let placeholder = format!("{{{{{name}}}}}");
        let at =
            page.find(&placeholder).ok_or_else(|| format!("the placeholder {placeholder} is missing"))?;
        page.replace_range(at..at + placeholder.len(), text);
    }
    Ok(page)
}

/// What stands inside of an element of this name: nothing in it may look like its end, or like a comment.
fn inline<'t>(text: &'t [u8], element: &str) -> Result<&'t str, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?.trim_end();
    match [format!("</{element}"), "<!--".into()].iter().find(|bad| text.to_lowercase().contains(*bad)) {
        Some(bad) => Err(format!("the {element} has `{bad}` in it, and cannot stand in a page")),
        None => Ok(text),
    }
}

/// What a policy calls this text.
fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(Sha256::digest(text)))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    gzip.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str =
        "<meta content=\"{{policy}}\"><style>{{css}}</style>{{programs}}<script type=module>{{js}}</script>";

    #[test]
    fn the_policy_admits_the_script_and_the_style_of_the_page_and_no_address() {
        let page = page(TEMPLATE, b"js(\"{{css}}\")\n", b"abc", &[("app", b"\0asm")]).unwrap();
        // The digest of "abc" is FIPS 180-2's example.
        assert!(page.contains("style-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='"), "{page}");
        assert!(page.contains("connect-src 'none'") && !page.contains("http"), "{page}");
        assert!(page.ends_with("<script type=module>js(\"{{css}}\")</script>"), "{page}");
        // gzip's mark in base64.
        assert!(page.contains("data-program=\"app\">H4sI"), "{page}");
    }

    #[test]
    fn what_would_end_its_element_is_refused() {
        let refused = page(TEMPLATE, b"a = '</SCRIPT>'", b"", &[]).unwrap_err();
        assert!(refused.contains("</script"), "{refused}");
        assert!(page(TEMPLATE, b"", b"/* <!-- */", &[]).is_err());
        assert!(page("{{css}}", b"", b"", &[]).unwrap_err().contains("is missing"));
    }
}
