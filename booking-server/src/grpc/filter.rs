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

/// How the operators are written; what another begins with comes after it.
const OPERATORS: [(&str, Operator); 6] = [
    ("=", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    ("<", Operator::Less),
    (">=", Operator::GreaterOrEqual),
    (">", Operator::Greater),
];

/// Reads a filter; the empty one has no conditions.
pub(super) fn parse(text: &str) -> Result<Vec<Condition>, FilterError> {
    let mut scanner = Scanner { text, rest: text };
    if text.chars().nth(MAX_FILTER_CHARS).is_some() {
        let problem = format!("the filter has more than {MAX_FILTER_CHARS} characters");
        return Err(scanner.error(problem));
    }
    let mut conditions = Vec::new();
    let mut values = 0;
    scanner.skip_space();
    while !scanner.rest.is_empty() {
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

struct Scanner<'a> {
    text: &'a str,
    /// What is still to be read.
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// The character that is next, counted from 1.
    fn at(&self) -> usize {
        let read = self.text.len() - self.rest.len();
        self.text[..read].chars().count() + 1
    }

    fn error(&self, problem: impl Into<String>) -> FilterError {
        FilterError {
            at: self.at(),
            problem: problem.into(),
        }
    }

    fn take(&mut self, expected: &str) -> bool {
        let rest = self.rest.strip_prefix(expected);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// What stands here and now for itself: letters, digits and what names and instants are of.
    fn word(&mut self) -> &'a str {
        let is_of_word = |c: char| c.is_alphanumeric() || "_-./:%~+".contains(c);
        let end = self.rest.find(|c| !is_of_word(c));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    fn and(&mut self) -> Result<(), FilterError> {
        let before = self.rest;
        if self.word() == "AND" {
            self.skip_space();
            return Ok(());
        }
        self.rest = before;
        Err(self.error("expected AND between two conditions; OR and NOT are not supported"))
    }

    fn condition(&mut self) -> Result<Condition, FilterError> {
        let at = self.at();
        let field = self.word().to_owned();
        if field.is_empty() {
            return Err(self.error("expected the name of a field"));
        }
        self.skip_space();
        let operator = self.operator()?;
        self.skip_space();
        let values = if self.take("(") {
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
        let mut all = OPERATORS.into_iter();
        match all.find(|(sign, _)| self.take(sign)) {
            Some((_, operator)) => Ok(operator),
            None if self.take("!") => Err(self.error("expected = after !")),
            None => Err(self.error("expected one of = != < <= > >=")),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, FilterError> {
        let mut values = Vec::new();
        loop {
            self.skip_space();
            values.push(self.value()?);
            self.skip_space();
            if self.take(")") {
                return Ok(values);
            }
            if !self.take(",") {
                return Err(self.error("expected , or ) in a list of values"));
            }
        }
    }

    fn value(&mut self) -> Result<String, FilterError> {
        if self.take("\"") {
            return self.quoted();
        }
        match self.word() {
            "" => Err(self.error("expected a value")),
            word => Ok(word.to_owned()),
        }
    }

    fn quoted(&mut self) -> Result<String, FilterError> {
        let mut value = String::new();
        loop {
            let mut rest = self.rest.chars();
            let next = rest.next();
            // Nothing that is kept holds one, and PostgreSQL takes no text with the first of them.
            if next.is_some_and(char::is_control) {
                return Err(self.error("a value holds a control character"));
            }
            self.rest = rest.as_str();
            match next {
                Some('"') => return Ok(value),
                Some('\\') if self.take("\"") => value.push('"'),
                Some('\\') if self.take("\\") => value.push('\\'),
                Some('\\') => return Err(self.error("only \\\" and \\\\ can follow a backslash")),
                Some(c) => value.push(c),
                None => return Err(self.error("the quotation mark is not closed")),
            }
        }
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
