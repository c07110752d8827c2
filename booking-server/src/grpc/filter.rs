//! The filter language: a small part of AIP-160, read with positions.
//!
//! ```text
//!  filter    = [ condition { "AND" condition } ]
//!  condition = field operator ( value | "(" value { "," value } ")" )
//!  operator  = "=" | "!=" | "<" | "<=" | ">" | ">="
//!  value     = word | '"' { character | '\"' | '\\' } '"'          no control characters
//! ```
//!
//! What fields there are and what their values mean is for who asks: this knows neither.

use thiserror::Error;

/// The longest filter, in characters.
const MAX_FILTER_CHARS: usize = 4000;

/// The most values in a filter; each becomes a parameter of a query.
const MAX_VALUES: usize = 200;

/// How a field compares with a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One condition, as written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) operator: Operator,
    /// At least one.
    pub(super) values: Vec<String>,
    /// The character at which the condition begins, counted from 1.
    pub(super) at: usize,
}

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{problem} (at character {at})")]
pub(super) struct FilterError {
    pub(super) at: usize,
    pub(super) problem: String,
}

impl Condition {
    /// An error about this condition.
    pub(super) fn error(&self, problem: impl Into<String>) -> FilterError {
        FilterError {
            at: self.at,
            problem: problem.into(),
        }
    }

    /// The values of a condition that means "is one of these".
    pub(super) fn one_of(&self) -> Result<&[String], FilterError> {
        match self.operator {
            Operator::Equal => Ok(&self.values),
            _ => Err(self.error(format!("{} can only be compared with =", self.field))),
        }
    }

    /// The one value of a condition.
    pub(super) fn single(&self) -> Result<&str, FilterError> {
        match &*self.values {
            [value] => Ok(value),
            _ => Err(self.error(format!("{} takes one value", self.field))),
        }
    }

    /// The one value of a condition that means "is this".
    pub(super) fn equal_to(&self) -> Result<&str, FilterError> {
        self.one_of()?;
        self.single()
    }
}

/// Reads a filter; the empty one has no conditions.
pub(super) fn parse(text: &str) -> Result<Vec<Condition>, FilterError> {
    let chars: Vec<char> = text.chars().take(MAX_FILTER_CHARS + 1).collect();
    let mut scanner = Scanner { chars, at: 0 };
    if scanner.chars.len() > MAX_FILTER_CHARS {
        return Err(scanner.error(format!(
            "the filter has more than {MAX_FILTER_CHARS} characters"
        )));
    }
    let mut conditions = Vec::new();
    let mut values = 0;
    scanner.skip_space();
    while !scanner.at_end() {
        if !conditions.is_empty() {
            scanner.and()?;
        }
        let condition = scanner.condition()?;
        values += condition.values.len();
        if values > MAX_VALUES {
            return Err(condition.error(format!("the filter has more than {MAX_VALUES} values")));
        }
        conditions.push(condition);
        scanner.skip_space();
    }
    Ok(conditions)
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
}

impl Scanner {
    fn error(&self, problem: impl Into<String>) -> FilterError {
        FilterError {
            at: self.at + 1,
            problem: problem.into(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn at_end(&self) -> bool {
        self.at == self.chars.len()
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// What stands here and now for itself: letters, digits and what names and instants are of.
    fn word(&mut self) -> String {
        let from = self.at;
        while self
            .peek()
            .is_some_and(|c| c.is_alphanumeric() || "_-./:%~+".contains(c))
        {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    fn and(&mut self) -> Result<(), FilterError> {
        let from = self.at;
        if self.word() == "AND" {
            self.skip_space();
            return Ok(());
        }
        self.at = from;
        Err(self.error("expected AND between two conditions; OR and NOT are not supported"))
    }

    fn condition(&mut self) -> Result<Condition, FilterError> {
        let at = self.at + 1;
        let field = self.word();
        if field.is_empty() {
            return Err(self.error("expected the name of a field"));
        }
        self.skip_space();
        let operator = self.operator()?;
        self.skip_space();
        let values = if self.take('(') {
            self.list()?
        } else {
            vec![self.value()?]
        };
        Ok(Condition {
            field,
            operator,
            values,
            at,
        })
    }

    fn operator(&mut self) -> Result<Operator, FilterError> {
        let first = self.peek();
        if !first.is_some_and(|c| "=!<>".contains(c)) {
            return Err(self.error("expected one of = != < <= > >="));
        }
        self.at += 1;
        let with_equal = first != Some('=') && self.take('=');
        match (first, with_equal) {
            (Some('='), _) => Ok(Operator::Equal),
            (Some('!'), true) => Ok(Operator::NotEqual),
            (Some('<'), false) => Ok(Operator::Less),
            (Some('<'), true) => Ok(Operator::LessOrEqual),
            (Some('>'), false) => Ok(Operator::Greater),
            (Some('>'), true) => Ok(Operator::GreaterOrEqual),
            _ => Err(self.error("expected = after !")),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, FilterError> {
        let mut values = Vec::new();
        loop {
            self.skip_space();
            values.push(self.value()?);
            self.skip_space();
            if self.take(')') {
                return Ok(values);
            }
            if !self.take(',') {
                return Err(self.error("expected , or ) in a list of values"));
            }
        }
    }

    fn value(&mut self) -> Result<String, FilterError> {
        if self.take('"') {
            return self.quoted();
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.error("expected a value"));
        }
        Ok(word)
    }

    fn quoted(&mut self) -> Result<String, FilterError> {
        let mut value = String::new();
        loop {
            let next = self.peek();
            // Nothing that is kept holds one, and PostgreSQL takes no text with the first of them.
            if next.is_some_and(char::is_control) {
                return Err(self.error("a value holds a control character"));
            }
            self.at += usize::from(next.is_some());
            match next {
                Some('"') => return Ok(value),
                Some('\\') => match self.peek() {
                    Some(escaped @ ('"' | '\\')) => {
                        self.at += 1;
                        value.push(escaped);
                    }
                    _ => return Err(self.error("only \\\" and \\\\ can follow a backslash")),
                },
                Some(c) => value.push(c),
                None => return Err(self.error("the quotation mark is not closed")),
            }
        }
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
