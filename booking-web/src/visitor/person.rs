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
    pub(crate) theme: Theme,
    /// Which board they chose; empty for none.
    pub(crate) preset: String,
    /// Whether single keys do something.
    pub(crate) shortcuts: bool,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
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
            theme: Theme::System,
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
