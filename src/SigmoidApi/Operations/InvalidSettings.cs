using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Operations;

/// <summary>Reports settings that the service can't start with: one line on standard error, and exit code 1.</summary>
internal static partial class InvalidSettings
{
    /// <summary>Runs the program.</summary>
    /// <returns>The program's exit code; 1 where a setting is invalid.</returns>
    public static async Task<int> ReportAsync(Func<Task<int>> run, TextWriter output)
    {
        try
        {
            return await run();
        }
        catch (Exception failure) when (Describe(failure) is { } problem)
        {
            output.WriteEscaped($"The service can't start. {problem}");
            await output.WriteLineAsync();
            return 1;
        }
    }

    /// <summary>Names each invalid setting and says what was expected; null for any other failure.</summary>
    internal static string? Describe(Exception failure) => failure switch
    {
        OptionsValidationException invalid => string.Join(' ', invalid.Failures.Select(text => Describe(invalid.OptionsType, text))),
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            string.Join(' ', several.InnerExceptions.Select(Describe)),
        InvalidOperationException when Unconvertible().Match(failure.Message) is { Success: true } match =>
            $"{match.Groups["setting"].Value}: expected {Expected(match.Groups["type"].Value)}, got '{match.Groups["value"].Value}'.",
        InvalidOperationException { Source: "Serilog.Settings.Configuration" } =>
            "Serilog: its settings can't be read; levels are Verbose, Debug, Information, Warning, Error and Fatal.",
        _ => null,
    };

    private static string Describe(Type options, string failure) =>
        options.GetField("Section")?.GetRawConstantValue() is string section && Invalid().Match(failure) is { Success: true } match
            ? $"{section}:{match.Groups["setting"].Value}{match.Groups["error"].Value}"
            : failure;

    private static string Expected(string type) => (Type.GetType(type) ?? typeof(InvalidSettings).Assembly.GetType(type)) switch
    {
        { IsEnum: true } known => "one of " + string.Join(", ", Enum.GetNames(known)),
        var known when known == typeof(bool) => "true or false",
        var known when known == typeof(int) => $"an integer of at most {int.MaxValue}",
        var known when known == typeof(long) => $"an integer of at most {long.MaxValue}",
        var known when known == typeof(double) => "a number",
        _ => "another value",
    };

    // The exceptions of .NET have these facts only in their messages.
    [GeneratedRegex(@"^Failed to convert configuration value '(?<value>.*)' at '(?<setting>[^']*)' to type '(?<type>[^']*)'", RegexOptions.Singleline)]
    private static partial Regex Unconvertible();

    [GeneratedRegex(
        @"^DataAnnotation validation failed for '[^']*' members: '(?<setting>\w+)[^']*' with the error: 'The (field \w+|\w+ field)(?<error>.*)'\.$",
        RegexOptions.Singleline)]
    private static partial Regex Invalid();
}
