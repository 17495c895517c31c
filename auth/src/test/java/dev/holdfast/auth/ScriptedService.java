package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * An auth service of another version, as far as a transcript has it: a line for each method, with
 * the result or error that it answers, and the notifications that come behind. Thread-safe.
 */
final class ScriptedService implements RemoteCluster.Dialer {
  private final Map<String, Json.Members> lines = new LinkedHashMap<>();

  /** The transcript in the resource {@code name}. */
  static ScriptedService of(String name) throws IOException {
    ScriptedService service = new ScriptedService();
    try (InputStream in =
        Objects.requireNonNull(ScriptedService.class.getResourceAsStream(name), name)) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        Json.Members members = (Json.Members) Json.parse(line);
        service.lines.put(text(members, "method"), members);
      }
    }
    return service;
  }

  @Override
  public ApiClient dial(BiConsumer<String, Json> listener) throws IOException {
    Pipe asked = Pipe.open();
    Pipe answered = Pipe.open();
    Thread.startVirtualThread(() ->
        answer(Channels.newInputStream(asked.source()), Channels.newOutputStream(answered.sink())));
    return ApiClient.over(
        Channels.newInputStream(answered.source()),
        Channels.newOutputStream(asked.sink()),
        answered.sink(),
        listener);
  }

  private void answer(InputStream in, OutputStream out) {
    try (BufferedReader lineReader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lineReader.readLine(); line != null; line = lineReader.readLine()) {
        answer((Json.Members) Json.parse(line), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(Json.Members request, OutputStream out) throws IOException {
    Json.Members line =
        lines.getOrDefault(
            text(request, "method"),
            Json.members(
                "error",
                Json.members("code", Json.of(-32601), "message", Json.of("There is no method."))));
    Map<String, Json> answer = new LinkedHashMap<>();
    answer.put("jsonrpc", Json.of("2.0"));
    answer.put("id", request.values().get("id"));
    answer.put("trace", Json.of("of a newer version"));
    for (String part : new String[] {"result", "error"}) {
      if (line.values().containsKey(part)) {
        answer.put(part, line.values().get(part));
      }
    }
    send(out, new Json.Members(answer));
    if (line.values().get("notifications") instanceof Json.Items(var items)) {
      for (Json item : items) {
        send(out, item);
      }
    }
  }

  /** A member that is a text. */
  static String text(Json.Members members, String name) {
    return members.values().get(name) instanceof Json.Text(String value) ? value : "";
  }

  private static synchronized void send(OutputStream out, Json message) throws IOException {
    out.write((message.line() + "\n").getBytes(UTF_8));
    out.flush();
  }
}
