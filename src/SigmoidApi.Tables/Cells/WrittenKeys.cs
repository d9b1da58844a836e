using System.Globalization;

namespace SigmoidApi.Tables.Cells;

/// <summary>Detects columns of keys. Stored as numbers, keys would lose leading zeros, their last digits, or the plus of a telephone number.</summary>
internal struct WrittenKeys
{
    // Up to this number of digits float64 holds every whole number.
    private const int LongestExact = 15;

    // Digits of a telephone number with its country code.
    private const int ShortestTelephone = 8;

    // Up to this share, keys among numbers may be typing errors.
    private const double MistakenShare = 0.01;

    private long _zeros;
    private long _inexact;
    private long _longWithPlus;

    /// <summary>Whether a whole number with this many digits must be passed to <see cref="AddInteger"/>.</summary>
    public static bool IsLong(int digits) => digits > LongestExact;

    /// <summary>Counts a whole number.</summary>
    /// <param name="digits">Digits only.</param>
    /// <param name="hasPlus">Whether a plus precedes them.</param>
    public void AddInteger(ReadOnlySpan<byte> digits, bool hasPlus)
    {
        AddZero(digits.Length > 1 && digits[0] == (byte)'0');
        _longWithPlus += hasPlus && digits.Length >= ShortestTelephone ? 1 : 0;
        // A number that float64 can't hold exactly is not a quantity but an account, a card or another key.
        var isInexact = digits.Length > 19
            || (digits.Length > LongestExact && ulong.Parse(digits, CultureInfo.InvariantCulture) is var value && (ulong)(double)value != value);
        _inexact += isInexact ? 1 : 0;
    }

    /// <summary>Counts a number with a leading zero.</summary>
    public void AddZero(bool hasLeadingZero) => _zeros += hasLeadingZero ? 1 : 0;

    /// <param name="numbers">The number of numbers in the column.</param>
    /// <param name="hasFractions">Whether any number has a fraction: then a few leading zeros count as typing errors.</param>
    public readonly bool AreKeys(long numbers, bool hasFractions) =>
        hasFractions ? _zeros > MistakenShare * numbers : _zeros + _inexact > 0 || (_longWithPlus > 0 && _longWithPlus == numbers);

    /// <summary>
    /// Whether the column counts as keys but may hold quantities: one key among a hundred whole numbers can be a typing error, and numbers with fractions
    /// are mostly quantities.
    /// </summary>
    public readonly bool MayBeQuantities(long numbers, bool hasFractions) =>
        AreKeys(numbers, hasFractions) && (hasFractions || (_longWithPlus < numbers && _zeros + _inexact <= MistakenShare * numbers));
}
