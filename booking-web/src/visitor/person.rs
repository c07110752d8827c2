//! Somebody who looks, and how their browser shows things.

use super::seal::Seal;

/// Who is looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// The person for whom the backend is asked; none where nobody signs in.
    pub(crate) person: Option<String>,
    /// As others read it.
    pub(crate) display_name: String,
    /// Signed in by the demo's link.
    pub(crate) by_demo: bool,
    /// Can sign out here.
    pub(crate) can_sign_out: bool,
    /// What a form must give back, bound to this sign-in.
    pub(super) binding: String,
    /// One of [`THEMES`].
    pub(crate) theme: &'static str,
    /// Which board they chose; empty for none.
    pub(crate) preset: String,
    /// Whether single keys do something.
    pub(crate) shortcuts: bool,
}

/// How colours are chosen: in cookies and templates, and on the page.
pub(crate) const THEMES: [(&str, &str); 3] = [
    ("system", "As this device"),
    ("light", "Light"),
    ("dark", "Dark"),
];

/// The one of that name, or what the device has.
pub(crate) fn theme(word: &str) -> &'static str {
    let mut names = THEMES.into_iter().map(|(name, _)| name);
    names.find(|name| *name == word).unwrap_or(THEMES[0].0)
}

impl Visitor {
    /// Somebody of whom nothing is known.
    pub(crate) fn nobody() -> Self {
        Self {
            person: None,
            display_name: String::new(),
            by_demo: false,
            can_sign_out: false,
            binding: "open".to_owned(),
            theme: THEMES[0].0,
            preset: String::new(),
            shortcuts: true,
        }
    }

    /// A token for the forms of one page. Each page gets its own, so that nothing can be learned
    /// from how well a compressed page shrinks.
    pub(crate) fn form_token(&self, seal: &Seal) -> String {
        seal.seal("form", &(seal.nonce(), &self.binding))
    }

    /// Whether a form carries a token of this sign-in.
    pub(crate) fn sent(&self, seal: &Seal, token: &str) -> bool {
        let opened: Option<(String, String)> = seal.open("form", token);
        opened.is_some_and(|(_, binding)| binding == self.binding)
    }
}
