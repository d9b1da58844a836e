using System.Globalization;

namespace SigmoidApi.Tables.Cells;

/// <summary>Whether the plain numbers of a column are keys: numbers would lose their zeros, their last digits, or the plus of a telephone number.</summary>
internal struct WrittenKeys
{
    // Whole numbers of so many digits float64 holds.
    private const int LongestExact = 15;

    // With the code of a country.
    private const int ShortestTelephone = 8;

    // So few of them among numbers may be slips.
    private const double MistakenShare = 0.01;

    private long _zeros;
    private long _inexact;
    private long _longWithPlus;

    /// <summary>Whether a whole number has so many digits that it may have to be added.</summary>
    public static bool IsLong(int digits) => digits > LongestExact;

    /// <summary>Takes a whole number.</summary>
    /// <param name="digits">Nothing else.</param>
    /// <param name="hasPlus">Whether a plus is before them.</param>
    public void AddInteger(ReadOnlySpan<byte> digits, bool hasPlus)
    {
        AddZero(digits.Length > 1 && digits[0] == (byte)'0');
        _longWithPlus += hasPlus && digits.Length >= ShortestTelephone ? 1 : 0;
        // One that float64 can't hold is no quantity: an account, a card, a key.
        var isInexact = digits.Length > 19
            || (digits.Length > LongestExact && ulong.Parse(digits, CultureInfo.InvariantCulture) is var value && (ulong)(double)value != value);
        _inexact += isInexact ? 1 : 0;
    }

    /// <summary>Takes whether a number has a zero before it that it would lose.</summary>
    public void AddZero(bool hasLeadingZero) => _zeros += hasLeadingZero ? 1 : 0;

    /// <param name="numbers">How many numbers there are.</param>
    /// <param name="hasFractions">Whether any has a fraction: a few zeros before them are slips then.</param>
    public readonly bool AreKeys(long numbers, bool hasFractions) =>
        hasFractions ? _zeros > MistakenShare * numbers : _zeros + _inexact > 0 || (_longWithPlus > 0 && _longWithPlus == numbers);

    /// <summary>Whether they may be quantities all the same: one key among a hundred whole numbers can be a slip, and numbers with fractions are mostly quantities.</summary>
    public readonly bool MayBeQuantities(long numbers, bool hasFractions) =>
        AreKeys(numbers, hasFractions) && (hasFractions || (_longWithPlus < numbers && _zeros + _inexact <= MistakenShare * numbers));
}
