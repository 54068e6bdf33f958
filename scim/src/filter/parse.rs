//! Text to syntax tree. Looks at no schema.
//!
//! The grammar of RFC 7644 section 3.4.2.2 is ambiguous and left-recursive; the precedence that the prose gives (`not`
//! before `and` before `or`) makes it this one, in the notation of RFC 5234:
//!
//! ```text
//! filter      = conjunction *( SP "or" SP conjunction )
//! conjunction = factor *( SP "and" SP factor )
//! factor      = "not" [SP] group / group / term
//! group       = "(" filter ")"
//! term        = attrPath "[" filter "]"          ; not inside another value path (errata 4690, 7322)
//!             / attrPath SP "pr"
//!             / attrPath SP compareOp SP compValue
//! compareOp   = "eq" / "ne" / "co" / "sw" / "ew" / "gt" / "ge" / "lt" / "le"
//! compValue   = false / null / true / number / string     ; the JSON rules, so in lower case (RFC 8259)
//! ```
//!
//! Keywords and operators ignore case. `SP` is exactly one blank; `not` may stand with or without one, because grammar
//! and example differ there. Attribute paths are read by [`AttributePath::parse_prefix`].
//!
//! Two tolerances widen the grammar. [`Tolerance::UnquotedFilterValues`] takes any white space, also none beside
//! brackets and quotes, for `SP`, and values in single quotes or without quotes up to the next blank or bracket.
//! [`Tolerance::FilterAfterBracket`] takes `emails[type eq "work"].value eq "x"` and means
//! `emails[type eq "work" and value eq "x"]`.

use std::borrow::Cow;
use std::cell::Cell;

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_till, take_while};
use nom::character::complete::{char, digit0, digit1, one_of};
use nom::combinator::{all_consuming, cut, opt, recognize};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::{Comparison, Filter, Literal, Operator};
use crate::path::{AttributePath, PathSyntaxError, found_at};
use crate::tolerance::{Tolerance, Tolerances};

/// Budgets charged while parsing. The depth bounds the recursion of everything that walks a filter, so keep it in the
/// hundreds at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nesting of brackets, round and square.
    pub depth: usize,
    /// Comparisons and presence tests.
    pub terms: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 32, terms: 256 }
    }
}

/// A filter that could not be parsed: where, what would have been right there, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at offset {offset}: expected {expected}; got {found}")]
pub struct FilterSyntaxError {
    /// Bytes from the start of the text.
    pub offset: usize,
    pub expected: String,
    /// The word or the character at the offset, in quotes, or that the text ends there.
    pub found: String,
}

impl From<FilterSyntaxError> for crate::Error {
    fn from(error: FilterSyntaxError) -> Self {
        Self::new(crate::ErrorKind::InvalidFilter, format!("the filter cannot be read {error}"))
    }
}

/// Parses a whole filter.
///
/// # Errors
/// Offset and expectation.
pub fn parse(text: &str, limits: Limits, tolerances: &Tolerances) -> Result<Filter, FilterSyntaxError> {
    let grammar = Grammar::new(limits, tolerances);
    let place = Nesting { depth: 0, in_value_path: false };
    match grammar.filter(place, text) {
        Ok(("", filter)) => Ok(filter),
        Ok((rest, _)) => Err(continuation(rest, "the end of the filter").at(text)),
        Err(error) => Err(expectation(error).at(text)),
    }
}

/// Parses a filter at the start of `text` that ends before an unmatched `]` (the inside of a value path) and returns the
/// rest, beginning with the bracket.
///
/// # Errors
/// Offset and expectation.
pub fn parse_in_brackets<'a>(
    text: &'a str,
    limits: Limits,
    tolerances: &Tolerances,
) -> Result<(Filter, &'a str), FilterSyntaxError> {
    let grammar = Grammar::new(limits, tolerances);
    let place = Nesting { depth: 1, in_value_path: true };
    match grammar.filter(place, text) {
        Ok((rest, filter)) if rest.starts_with(']') => Ok((filter, rest)),
        Ok((rest, _)) => Err(continuation(rest, "\"]\"").at(text)),
        Err(error) => Err(expectation(error).at(text)),
    }
}

/// What would have been right, and how many bytes were left there.
#[derive(Debug)]
struct Expectation {
    rest: usize,
    /// `None` from a combinator that does not know the grammar; some production around it knows.
    expected: Option<Cow<'static, str>>,
}

impl Expectation {
    fn new(rest: &str, expected: impl Into<Cow<'static, str>>) -> Self {
        Self { rest: rest.len(), expected: Some(expected.into()) }
    }

    fn at(self, text: &str) -> FilterSyntaxError {
        let offset = text.len() - self.rest;
        FilterSyntaxError {
            offset,
            expected: self.expected.unwrap_or(Cow::Borrowed("a filter")).into_owned(),
            found: found_at(text, offset),
        }
    }
}

impl ParseError<&str> for Expectation {
    fn from_error_kind(rest: &str, _kind: ErrorKind) -> Self {
        Self { rest: rest.len(), expected: None }
    }

    fn append(_rest: &str, _kind: ErrorKind, other: Self) -> Self {
        other
    }

    /// Of two alternatives, the one that came further tells more; of equals, the first one that knows what it wanted.
    fn or(self, other: Self) -> Self {
        match self.rest.cmp(&other.rest) {
            std::cmp::Ordering::Less => self,
            std::cmp::Ordering::Equal if self.expected.is_some() => self,
            _ => other,
        }
    }
}

type ParseResult<'a, T> = IResult<&'a str, T, Expectation>;

fn expectation(error: nom::Err<Expectation>) -> Expectation {
    match error {
        nom::Err::Error(expectation) | nom::Err::Failure(expectation) => expectation,
        // Only streaming parsers ask for more input, and there is none here.
        nom::Err::Incomplete(_) => Expectation { rest: 0, expected: None },
    }
}

/// Another alternative may do better.
fn mismatch<'a, T>(rest: &str, expected: impl Into<Cow<'static, str>>) -> ParseResult<'a, T> {
    Err(nom::Err::Error(Expectation::new(rest, expected)))
}

/// No alternative can do better.
fn failure<'a, T>(rest: &str, expected: impl Into<Cow<'static, str>>) -> ParseResult<'a, T> {
    Err(nom::Err::Failure(Expectation::new(rest, expected)))
}

#[derive(Clone, Copy)]
struct Nesting {
    /// Brackets open here.
    depth: usize,
    in_value_path: bool,
}

/// The productions, with the budgets that they charge and the tolerances that widen them.
struct Grammar {
    limits: Limits,
    terms: Cell<usize>,
    unquoted: bool,
    after_bracket: bool,
}

impl Grammar {
    fn new(limits: Limits, tolerances: &Tolerances) -> Self {
        Self {
            limits,
            terms: Cell::new(0),
            unquoted: tolerances.allows(Tolerance::UnquotedFilterValues),
            after_bracket: tolerances.allows(Tolerance::FilterAfterBracket),
        }
    }

    /// `filter = conjunction *( SP "or" SP conjunction )`
    fn filter<'a>(&self, place: Nesting, input: &'a str) -> ParseResult<'a, Filter> {
        let (input, _) = self.padding(input)?;
        let (input, first) = self.conjunction(place, input)?;
        let next = preceded(|input| self.junction("or", input), cut(|input| self.conjunction(place, input)));
        let (input, others) = repeated(next, input)?;
        let (input, _) = self.padding(input)?;
        Ok((input, disjunction_of(first, others)))
    }

    /// `conjunction = factor *( SP "and" SP factor )`
    fn conjunction<'a>(&self, place: Nesting, input: &'a str) -> ParseResult<'a, Filter> {
        let (input, first) = self.factor(place, input)?;
        let next = preceded(|input| self.junction("and", input), cut(|input| self.factor(place, input)));
        let (input, others) = repeated(next, input)?;
        Ok((input, conjunction_of(first, others)))
    }

    /// `SP word SP`, where the word is a whole one.
    fn junction<'a>(&self, word: &'static str, input: &'a str) -> ParseResult<'a, ()> {
        let (input, ()) = self.blank("a blank", input)?;
        let (input, _) = tag_no_case(word).parse(input)?;
        match input.chars().next() {
            Some('(') if self.unquoted => Ok((input, ())),
            Some(next) if !is_white(next) && next != '(' => mismatch(input, "a blank"),
            _ => cut(|input| self.separator("a blank and another filter", input)).parse(input),
        }
    }

    /// `factor = "not" [SP] group / group / term`
    fn factor<'a>(&self, place: Nesting, input: &'a str) -> ParseResult<'a, Filter> {
        let not = preceded(|input| self.not(input), |input| self.group(place, input));
        let term = |input| self.term(place, input);
        match input.as_bytes().first() {
            Some(b'(') => self.group(place, input),
            Some(b'n' | b'N') => alt((not.map(|inner| Filter::Not(Box::new(inner))), term)).parse(input),
            _ => term(input),
        }
    }

    /// `"not" [SP]` before a bracket; anything else that begins so is an attribute path.
    fn not<'a>(&self, input: &'a str) -> ParseResult<'a, ()> {
        let (input, _) = tag_no_case("not").parse(input)?;
        let (after_blank, _) = opt(|input| self.blank("a blank", input)).parse(input)?;
        if after_blank.starts_with('(') {
            Ok((after_blank, ()))
        } else if after_blank.len() < input.len() {
            mismatch(after_blank, "\"(\" after not, as in not (userName eq \"bjensen\")")
        } else {
            Err(nom::Err::Error(Expectation::from_error_kind(input, ErrorKind::Tag)))
        }
    }

    /// `group = "(" filter ")"`
    fn group<'a>(&self, place: Nesting, input: &'a str) -> ParseResult<'a, Filter> {
        let (inside, _) = char('(').parse(input)?;
        let place = self.deeper(place, input)?;
        let (rest, filter) = cut(|input| self.filter(place, input)).parse(inside)?;
        match rest.strip_prefix(')') {
            Some(rest) => Ok((rest, filter)),
            None => Err(nom::Err::Failure(continuation(rest, "\")\""))),
        }
    }

    fn deeper(&self, place: Nesting, input: &str) -> Result<Nesting, nom::Err<Expectation>> {
        if place.depth < self.limits.depth {
            Ok(Nesting { depth: place.depth + 1, ..place })
        } else {
            let expected = format!("brackets nested at most {} deep", self.limits.depth);
            Err(nom::Err::Failure(Expectation::new(input, expected)))
        }
    }

    /// `term = attrPath ( "[" filter "]" / SP "pr" / SP compareOp SP compValue )`
    fn term<'a>(&self, place: Nesting, input: &'a str) -> ParseResult<'a, Filter> {
        let (input, path) = attribute_path(place, input).or_else(|error| {
            // A blank that was sent as `+`, or encoded twice, makes one word of the whole filter.
            match input.find(|c: char| !(c.is_ascii_alphanumeric() || "$-_.:".contains(c))) {
                Some(end) if end > 0 && input[end..].starts_with('+') => failure(&input[end..], BLANK_NOT_PLUS),
                Some(end) if end > 0 && input[end..].starts_with("%20") => failure(&input[end..], BLANK_TWICE),
                _ => Err(error),
            }
        })?;
        if input.starts_with('[') { self.value_path(place, path, input) } else { self.expression(path, input) }
    }

    /// `"[" filter "]"` after the attribute path.
    fn value_path<'a>(&self, place: Nesting, path: AttributePath, input: &'a str) -> ParseResult<'a, Filter> {
        if place.in_value_path {
            return failure(input, "a comparison of a sub-attribute, because value paths do not nest");
        }
        let inner = Nesting { in_value_path: true, ..self.deeper(place, input)? };
        let (rest, filter) = preceded(char('['), cut(|input| self.filter(inner, input))).parse(input)?;
        let Some(rest) = rest.strip_prefix(']') else {
            return Err(nom::Err::Failure(continuation(rest, "\"]\"")));
        };
        let Some(after_dot) = rest.strip_prefix('.') else {
            return Ok((rest, Filter::ValuePath(path, Box::new(filter))));
        };
        if !self.after_bracket {
            return failure(rest, "the end of the value path; a sub-attribute is compared inside the brackets");
        }
        let name = AttributePath::parse_prefix(after_dot).ok();
        let Some((sub_attribute, rest)) =
            name.filter(|(path, _)| path.schema.is_none() && path.sub_attribute.is_none())
        else {
            return failure(after_dot, "one sub-attribute name");
        };
        let (rest, test) = self.expression(sub_attribute, rest)?;
        Ok((rest, Filter::ValuePath(path, Box::new(conjunction_of(filter, vec![test])))))
    }

    /// `SP "pr" / SP compareOp SP compValue` after the attribute path.
    fn expression<'a>(&self, path: AttributePath, input: &'a str) -> ParseResult<'a, Filter> {
        let start = input;
        let (input, ()) = self.separator(BLANK_AND_OPERATOR, input)?;
        let (input, operator) = operator(input)?;
        self.charge_term(start)?;
        let Some(operator) = operator else {
            return Ok((input, Filter::Present(path)));
        };
        let (input, ()) = cut(|input| self.blank("a blank and a value", input)).parse(input)?;
        let (input, value) = self.value(input)?;
        Ok((input, Filter::Compare(Comparison { path, operator, value })))
    }

    fn charge_term(&self, input: &str) -> Result<(), nom::Err<Expectation>> {
        let terms = self.terms.get() + 1;
        self.terms.set(terms);
        if terms <= self.limits.terms {
            Ok(())
        } else {
            let expected = format!("at most {} comparisons", self.limits.terms);
            Err(nom::Err::Failure(Expectation::new(input, expected)))
        }
    }

    /// `compValue = false / null / true / number / string`
    fn value<'a>(&self, input: &'a str) -> ParseResult<'a, Literal> {
        if input.starts_with('"') {
            return string(input);
        }
        if self.unquoted && input.starts_with('\'') {
            let mut quoted = delimited(char('\''), take_till(|c| c == '\''), char('\''));
            let parsed: ParseResult<'a, &str> = quoted.parse(input);
            return match parsed {
                Ok((rest, text)) => Ok((rest, Literal::String(text.into()))),
                Err(_) => failure("", "the closing quote \"'\" of the value"),
            };
        }
        let (rest, word) = take_while(is_word).parse(input)?;
        match word {
            "true" => return Ok((rest, Literal::Boolean(true))),
            "false" => return Ok((rest, Literal::Boolean(false))),
            "null" => return Ok((rest, Literal::Null)),
            _ => {}
        }
        match number(word) {
            Number::Value(literal) => Ok((rest, literal)),
            _ if self.unquoted && !word.is_empty() => Ok((rest, Literal::String(word.into()))),
            Number::TooLarge => failure(
                input,
                "an integer from -9223372036854775808 to 9223372036854775807, or a decimal number below 1.8e308",
            ),
            Number::None => {
                failure(input, "a value: a string in double quotes, a number, or true, false or null in lower case")
            }
        }
    }

    /// One blank; with the tolerance any white space, also none.
    fn blank<'a>(&self, expected: &'static str, input: &'a str) -> ParseResult<'a, ()> {
        if self.unquoted { take_while(is_white).map(|_| ()).parse(input) } else { self.separator(expected, input) }
    }

    /// One blank; with the tolerance any white space, at least one.
    fn separator<'a>(&self, expected: &'static str, input: &'a str) -> ParseResult<'a, ()> {
        if self.unquoted {
            return match input.trim_start_matches(is_white) {
                rest if rest.len() < input.len() => Ok((rest, ())),
                _ => mismatch(input, expected),
            };
        }
        match input.strip_prefix(' ') {
            Some(rest) if rest.starts_with(is_white) => failure(rest, "one blank only"),
            Some(rest) => Ok((rest, ())),
            None => mismatch(input, expected),
        }
    }

    /// White space inside brackets and around the filter, which only the tolerance takes.
    fn padding<'a>(&self, input: &'a str) -> ParseResult<'a, &'a str> {
        if self.unquoted { take_while(is_white).parse(input) } else { Ok((input, "")) }
    }
}

/// Whatever `next` reads, as often as it does. Most filters are one term, so that nothing is allocated ahead.
fn repeated<'a>(
    mut next: impl Parser<&'a str, Output = Filter, Error = Expectation>,
    mut input: &'a str,
) -> ParseResult<'a, Vec<Filter>> {
    let mut all = Vec::new();
    loop {
        match next.parse(input) {
            Ok((rest, filter)) => {
                all.push(filter);
                input = rest;
            }
            Err(nom::Err::Error(_)) => return Ok((input, all)),
            Err(error) => return Err(error),
        }
    }
}

/// What could have followed a complete term.
fn continuation(rest: &str, end: &str) -> Expectation {
    let word = rest.strip_prefix(' ').filter(|word| !word.is_empty()).unwrap_or(rest);
    Expectation::new(word, format!("\"and\", \"or\" or {end}"))
}

fn disjunction_of(first: Filter, others: Vec<Filter>) -> Filter {
    if others.is_empty() {
        return first;
    }
    let mut operands = Vec::with_capacity(1 + others.len());
    for operand in std::iter::once(first).chain(others) {
        match operand {
            Filter::Or(inner) => operands.extend(inner),
            operand => operands.push(operand),
        }
    }
    Filter::Or(operands)
}

fn conjunction_of(first: Filter, others: Vec<Filter>) -> Filter {
    if others.is_empty() {
        return first;
    }
    let mut operands = Vec::with_capacity(1 + others.len());
    for operand in std::iter::once(first).chain(others) {
        match operand {
            Filter::And(inner) => operands.extend(inner),
            operand => operands.push(operand),
        }
    }
    Filter::And(operands)
}

/// `attrPath`
fn attribute_path(place: Nesting, input: &str) -> ParseResult<'_, AttributePath> {
    match AttributePath::parse_prefix(input) {
        Ok((path, rest)) => Ok((rest, path)),
        Err(_) if !input.starts_with(|c: char| c.is_ascii_alphanumeric()) => mismatch(
            input,
            if place.in_value_path {
                "a sub-attribute name, \"not\" or \"(\""
            } else {
                "an attribute name, \"not\" or \"(\""
            },
        ),
        Err(PathSyntaxError { offset, expected, .. }) => failure(&input[offset..], expected),
    }
}

/// `"pr" / compareOp`, where `None` is `pr`.
fn operator(input: &str) -> ParseResult<'_, Option<Operator>> {
    let (rest, word) = take_while(|c| is_word(c) && c != '\'').parse(input)?;
    if word.eq_ignore_ascii_case("pr") {
        return Ok((rest, None));
    }
    match Operator::ALL.into_iter().find(|operator| word.eq_ignore_ascii_case(operator.as_str())) {
        Some(operator) => Ok((rest, Some(operator))),
        None => mismatch(input, OPERATORS),
    }
}

const OPERATORS: &str = "an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)";
const BLANK_AND_OPERATOR: &str = "a blank and an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)";
/// A client that encodes its query as an HTML form sends a blank as `+`.
const BLANK_NOT_PLUS: &str = "a blank and an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr); + is not a blank here, \
                              unless the tolerance query.plus-as-blank is set: send %20";
const BLANK_TWICE: &str = "a blank and an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr); the filter was \
                           percent-encoded twice: encode it once";

/// `string`, by the JSON grammar.
fn string(input: &str) -> ParseResult<'_, Literal> {
    // Most strings are as they stand between their quotes.
    if let Some(inside) = input.strip_prefix('"')
        && let Some(end) = inside.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'))
        && inside.as_bytes()[end] == b'"'
    {
        return Ok((&inside[end + 1..], Literal::String(inside[..end].to_owned())));
    }
    let mut stream = serde_json::Deserializer::from_str(input).into_iter::<String>();
    match stream.next() {
        Some(Ok(text)) => Ok((&input[stream.byte_offset()..], Literal::String(text))),
        Some(Err(error)) if !error.is_eof() => {
            // The column is a 1-based byte position, past the character that broke the grammar.
            let at = input.floor_char_boundary(error.column().saturating_sub(1));
            failure(
                &input[at..],
                "a JSON string, in which \\ escapes only \" \\ / b f n r t and uXXXX, and control characters are escaped",
            )
        }
        _ => failure("", "the closing quote '\"' of the string"),
    }
}

enum Number {
    Value(Literal),
    TooLarge,
    None,
}

/// `number`, by the JSON grammar, as the whole of `word`.
fn number(word: &str) -> Number {
    let digits = recognize((one_of("123456789"), digit0));
    let integer = recognize((opt(char('-')), alt((tag("0"), digits))));
    let fraction = opt(recognize((char('.'), digit1)));
    let exponent = opt(recognize((one_of("eE"), opt(one_of("+-")), digit1)));
    let parsed: ParseResult<'_, _> = all_consuming((integer, fraction, exponent)).parse(word);
    match parsed {
        Err(_) => Number::None,
        Ok((_, (_, None, None))) => {
            word.parse().map_or(Number::TooLarge, |value| Number::Value(Literal::Integer(value)))
        }
        Ok(_) => match word.parse::<f64>() {
            Ok(value) if value.is_finite() => Number::Value(Literal::Decimal(value)),
            _ => Number::TooLarge,
        },
    }
}

fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A character of an operator or of a value without double quotes.
fn is_word(c: char) -> bool {
    !is_white(c) && !matches!(c, '(' | ')' | '[' | ']' | '"')
}
