package dev.holdfast.client;

import java.io.IOException;
import java.time.Duration;

/** The command line of ~C (ssh(1), ESCAPE CHARACTERS; clientloop.c, {@code process_cmdline}). */
final class ForwardLine {
  private static final String HELP =
      """
      Commands:
            -L[bind_address:]port:host:hostport    Request local forward
            -R[bind_address:]port:host:hostport    Request remote forward
            -D[bind_address:]port                  Request dynamic forward
            -KL[bind_address:]port                 Cancel local forward
            -KD[bind_address:]port                 Cancel dynamic forward\
      """;

  private ForwardLine() {}

  static void run(
      String line,
      PresentConnection connection,
      LocalForwards local,
      RemoteForwards remote,
      Prompts person) {
    String text = line.strip();
    try {
      if (text.isEmpty()) {
        return;
      }
      if (text.matches("(?i)-?(h|\\?|help)")) {
        person.tell(HELP);
      } else if (text.matches("-[LRD].*")) {
        add(text.charAt(1), text.substring(2).strip(), connection, local, remote, person);
      } else if (text.matches("-K[LD].*")) {
        PortForward.Listen listen = PortForward.dynamic(text.substring(3).strip()).listen();
        person.tell(local.cancel(listen) ? "Canceled forwarding." : "Unknown port forwarding.");
      } else {
        person.tell("Invalid command.");
      }
    } catch (BadValue | IOException e) {
      person.tell("Bad forwarding specification: " + e.getMessage());
    }
  }

  private static void add(
      char kind,
      String what,
      PresentConnection connection,
      LocalForwards local,
      RemoteForwards remote,
      Prompts person)
      throws BadValue, IOException {
    boolean works =
        switch (kind) {
          case 'L' -> local.listen(PortForward.local(what));
          case 'D' -> local.listen(PortForward.dynamic(what));
          default -> remote.ask(connection.await(Duration.ZERO), PortForward.remote(what));
        };
    person.tell(works ? "Forwarding port." : "Port forwarding failed.");
  }
}
