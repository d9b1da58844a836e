using System.Text.Json;
using FluentValidation;

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
        var inputs = Enumerable.Range(0, parameters.Length).Where(i => parameters[i].ParameterType.IsAssignableTo(typeof(IRequestInput))).ToArray();
        if (inputs.Length == 0)
            return next;

        return context =>
        {
            foreach (var i in inputs)
            {
                var input = context.GetArgument<IRequestInput>(i);
                if (input.Failure is { } failure)
                    return ValueTask.FromResult<object?>(Problems.From(failure));
                if (input.ToValidate is { } value && Validate(value, context.HttpContext.RequestServices) is { } errors)
                    return ValueTask.FromResult<object?>(Problems.Fields(StatusCodes.Status400BadRequest, errors));
            }

            return next(context);
        };
    }

    private static Dictionary<string, string[]>? Validate(object value, IServiceProvider services)
    {
        if (services.GetService(typeof(IValidator<>).MakeGenericType(value.GetType())) is not IValidator validator)
            return null;
        var result = validator.Validate(new ValidationContext<object>(value));
        return result.IsValid
            ? null
            : result.Errors.GroupBy(e => ToJsonPath(e.PropertyName), e => e.ErrorMessage, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    // "Data.Labels[3]" is "data.labels[3]" in the caller's JSON.
    private static string ToJsonPath(string propertyName) =>
        string.Join('.', propertyName.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
