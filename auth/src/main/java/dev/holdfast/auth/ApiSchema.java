package dev.holdfast.auth;

import dev.holdfast.access.Json;
import dev.holdfast.access.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The document that describes the API, made from its table. */
final class ApiSchema {
  private ApiSchema() {}

  static Json document() {
    Schema schema = new Schema();
    List<Json> methods = new ArrayList<>();
    for (ApiMethod method : ApiMethod.values()) {
      methods.add(method(method, schema));
    }
    return Json.members(
        "api",
        Json.of(ApiMethod.API_VERSION),
        "transport",
        Json.of("SSH subsystem holdfast-api, JSON-RPC 2.0, one message a line"),
        "methods",
        new Json.Items(methods),
        "notifications",
        new Json.Items(
            List.of(
                Json.members(
                    "method",
                    Json.of("changed"),
                    "params",
                    schema.of(dev.holdfast.access.Change.class)),
                Json.members("method", Json.of("audited"), "params", Json.members()))),
        "definitions",
        schema.definitions());
  }

  private static Json method(ApiMethod method, Schema schema) {
    List<Json> who = new ArrayList<>();
    method.who().forEach(one -> who.add(Json.of(one.name().toLowerCase(Locale.ROOT))));
    Json result = schema.of(method.result());
    return Json.members(
        "method",
        Json.of(method.method()),
        "for",
        new Json.Items(who),
        "params",
        schema.of(method.params()),
        "result",
        method.isList() ? Json.members("type", Json.of("array"), "items", result) : result);
  }
}
