using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;

namespace SigmoidApi.Http;

/// <summary>
/// The one endpoint filter of the API: a handler runs only when each of its <see cref="IRequestInput"/> parameters was read and its validator,
/// where one is registered, has nothing against it.
/// </summary>
internal static class ValidationFilter
{
    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext factory, EndpointFilterDelegate next)
    {
        var parameters = factory.MethodInfo.GetParameters();
        var inputs = Enumerable.Range(0, parameters.Length)
            .Where(i => parameters[i].ParameterType.IsAssignableTo(typeof(IRequestInput)))
            .Select(i => (Index: i, Validator: ValidatorOf(parameters[i].ParameterType, factory.ApplicationServices)))
            .ToArray();
        if (inputs.Length == 0)
            return next;

        return context =>
        {
            foreach (var (index, validator) in inputs)
            {
                var input = context.GetArgument<IRequestInput>(index);
                if (input.Failure is { } failure)
                    return ValueTask.FromResult<object?>(Problems.From(failure));
                if (validator?.Validate(new ValidationContext<object>(input.Value!)) is { IsValid: false } result)
                    return ValueTask.FromResult<object?>(Problems.Fields(StatusCodes.Status400BadRequest, Errors(result)));
            }

            return next(context);
        };
    }

    /// <summary>The validator of what an input such as <c>JsonBody&lt;PredictRequest&gt;</c> holds, or null where it has none.</summary>
    private static IValidator? ValidatorOf(Type input, IServiceProvider services) =>
        input.IsGenericType ? (IValidator?)services.GetService(typeof(IValidator<>).MakeGenericType(input.GenericTypeArguments)) : null;

    private static Dictionary<string, string[]> Errors(ValidationResult result) =>
        result.Errors.GroupBy(e => ToJsonPath(e.PropertyName), e => e.ErrorMessage, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    // "Data.Labels[3]" is "data.labels[3]" in the caller's JSON.
    private static string ToJsonPath(string propertyName) =>
        string.Join('.', propertyName.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
