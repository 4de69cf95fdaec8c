//! Doubles as C prints them.

/// `value` as `printf("%.17g")` writes it; `value` is finite.
///
/// Seventeen significant digits, without trailing zeros; with an exponent of
/// at least two digits where it is below -4 or above 16.
pub(super) fn seventeen_digits(value: f64) -> String {
    const DIGITS: i32 = 17;

    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the format has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    if (-4..DIGITS).contains(&exponent) {
        let decimals = usize::try_from(DIGITS - 1 - exponent).expect("the range is bounded");
        return trimmed(&format!("{value:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs())
}

/// Without zeros at the end of a fraction, or a point at the end of all.
fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

#[cfg(test)]
mod tests {
    use super::seventeen_digits;

    #[test]
    #[expect(
        clippy::excessive_precision,
        reason = "the digits that do not fit are the point"
    )]
    fn doubles_look_as_in_c() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (100.0, "100"),
            (0.1, "0.10000000000000001"),
            (-2.5, "-2.5"),
            (1.0 / 3.0, "0.33333333333333331"),
            (0.0001, "0.0001"),
            (0.00001, "1.0000000000000001e-05"),
            (1e16, "10000000000000000"),
            (1e17, "1e+17"),
            (1.5e300, "1.5000000000000001e+300"),
            (5e-324, "4.9406564584124654e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (9.999999999999999e22, "9.9999999999999992e+22"),
            (99999999999999999.0, "1e+17"),
            (123456789.123456789, "123456789.12345679"),
            // Exactly between two decimals of seventeen digits: to even.
            (1125899906842624.25, "1125899906842624.2"),
            (1125899906842624.75, "1125899906842624.8"),
            (1784268311.5, "1784268311.5"),
        ] {
            assert_eq!(seventeen_digits(value), expected);
        }
    }
}
