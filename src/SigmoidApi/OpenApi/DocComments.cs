using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SigmoidApi.Http.Json;

namespace SigmoidApi.OpenApi;

/// <summary>Reads the documentation comments of types and members as Markdown, with the names of JSON, so that the document repeats the code's texts.</summary>
internal sealed partial class DocComments
{
    private readonly Lazy<Dictionary<string, XElement>> _members;

    /// <summary>Nothing is read before the first question: a service that is never asked for its document does not need it.</summary>
    public DocComments(params IReadOnlyList<Assembly> assemblies) => _members = new(() => Read(assemblies));

    public string? Of(Type type) => Find($"T:{NameOf(type)}")?.Element("summary") is { } summary ? Text(summary) : null;

    /// <summary>A property's summary, or, for a record, the text of its parameter.</summary>
    public string? Of(MemberInfo property)
    {
        var type = property.DeclaringType!;
        var text = Find($"P:{NameOf(type)}.{property.Name}")?.Element("summary")
            ?? Find($"T:{NameOf(type)}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name);
        return text is null ? null : Text(text);
    }

    /// <summary>The summary of an enum's value.</summary>
    public string? OfValue(Type type, string value) => Find($"F:{NameOf(type)}.{value}")?.Element("summary") is { } summary ? Text(summary) : null;

    private static Dictionary<string, XElement> Read(IEnumerable<Assembly> assemblies)
    {
        var members = new Dictionary<string, XElement>(StringComparer.Ordinal);
        foreach (var assembly in assemblies)
        {
            var file = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml"));
            foreach (var member in file.Descendants("member"))
                members[member.Attribute("name")!.Value] = member;
        }

        return members;
    }

    private XElement? Find(string name) => _members.Value.GetValueOrDefault(name);

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Text(XElement element)
    {
        var text = new StringBuilder();
        Write(element, text);
        return Spaces().Replace(text.ToString(), match => match.Value.Contains('\f', StringComparison.Ordinal) ? "\n\n" : " ").Trim();
    }

    private static void Write(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement { Name.LocalName: "c" } code:
                    text.Append('`').Append(code.Value).Append('`');
                    break;
                case XElement { Name.LocalName: "see" or "paramref" } reference:
                    text.Append('`').Append(NameIn(reference)).Append('`');
                    break;
                case XElement other:
                    // A form feed marks a paragraph until white space is collapsed.
                    text.Append('\f');
                    Write(other, text);
                    break;
            }
        }
    }

    /// <summary>The caller's name of the referenced member.</summary>
    private static string NameIn(XElement reference)
    {
        if (reference.Attribute("name")?.Value is { } parameter)
            return JsonNamingPolicy.CamelCase.ConvertName(parameter);
        var member = reference.Attribute("cref")?.Value ?? reference.Attribute("langword")?.Value ?? reference.Value;
        var name = member[(member.LastIndexOf('.') + 1)..];
        return member[..Math.Min(2, member.Length)] switch
        {
            "F:" => EnumNames.Policy.ConvertName(name),
            "P:" => JsonNamingPolicy.CamelCase.ConvertName(name),
            _ => name,
        };
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
