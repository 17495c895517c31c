package dev.holdfast.cli;

import dev.holdfast.browser.Forwards;
import dev.holdfast.forward.ControlClient;
import dev.holdfast.forward.ControlFiles;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The forwards of the user's forwarder, which is started for the first one.
 *
 * @param files where the forwarder takes orders
 * @param arguments ssh's, for a server's name
 */
record ServiceForwards(ControlFiles files, Function<String, List<String>> arguments)
    implements Forwards {
  @Override
  public List<Map<String, Object>> list() throws IOException {
    Optional<ControlClient> running = ControlClient.connect(files);
    if (running.isEmpty()) {
      return List.of();
    }
    try (ControlClient service = running.get()) {
      return forwards(service.ask(Map.of("op", "list")));
    }
  }

  @Override
  public URI lead(String server, String app) throws IOException {
    Map<String, Object> order = new LinkedHashMap<>();
    List<String> words = new ArrayList<>(arguments.apply(server));
    words.add(app);
    order.put("op", "add");
    order.put("arguments", words);
    String agent = System.getenv("SSH_AUTH_SOCK");
    if (agent != null) {
      order.put("agent", agent);
    }
    try (ControlClient service = ForwardService.reach(files)) {
      for (Map<String, Object> forward : forwards(service.ask(order))) {
        String from = String.valueOf(forward.get("from"));
        if (from.matches(".*:[0-9]{1,5}")) {
          return URI.create("http://localhost" + from.substring(from.lastIndexOf(':')));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("The forwarder gave no port for " + app + " of " + server + ".");
  }

  @Override
  public void remove(long id) throws IOException {
    Optional<ControlClient> running = ControlClient.connect(files);
    if (running.isPresent()) {
      try (ControlClient service = running.get()) {
        service.ask(Map.of("op", "remove", "which", Long.toString(id)));
      }
    }
  }

  private static List<Map<String, Object>> forwards(Map<String, Object> answer) {
    List<Map<String, Object>> all = new ArrayList<>();
    if (answer.get("forwards") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> map) {
          Map<String, Object> members = new LinkedHashMap<>();
          map.forEach((name, value) -> members.put(String.valueOf(name), value));
          all.add(members);
        }
      }
    }
    return all;
  }
}
