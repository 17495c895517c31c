package dev.holdfast.proxy;

import dev.holdfast.access.ProxyHello;
import dev.holdfast.ssh.Program;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subsystem {@code holdfast-ticket} of a proxy (PROTOCOL.ticket, section 5): gives a ticket for
 * a node to somebody who is logged in.
 */
final class TicketOffice {
  /** Its name. */
  static final String SUBSYSTEM = "holdfast-ticket";

  /** Characters of a request. */
  static final int MOST_LINE = 2048;

  /** Proxies that a client is told of. */
  static final int MOST_PROXIES = 32;

  /** Bytes of a client's key. */
  private static final int KEY = ProxyHello.NONCE;

  private final Concierge concierge;
  private final Tickets tickets;
  private final ProxySettings settings;
  private final @Nullable Stopovers stopovers;

  /**
   * One.
   *
   * @param stopovers for those who are to be recorded; null if nobody is
   */
  TicketOffice(
      Concierge concierge, Tickets tickets, ProxySettings settings, @Nullable Stopovers stopovers) {
    this.stopovers = stopovers;
    this.concierge = concierge;
    this.tickets = tickets;
    this.settings = settings;
  }

  /** Answers one request. */
  int serve(Program.Call call) throws IOException {
    String line = new LineReader(call.stdin(), MOST_LINE).next();
    String[] words = line == null ? new String[0] : line.split(" ", -1);
    byte[] key = words.length == 3 && words[0].equals("ticket") ? key(words[2]) : new byte[0];
    String answer = key.length == KEY ? answer(call, words[1], key) : "refused It was no request.";
    call.stdout().write(LineReader.bytes(answer));
    return 0;
  }

  private String answer(Program.Call call, String target, byte[] key) {
    return switch (concierge.route(call.login(), target)) {
      case Route.Refused(String sentence, boolean _) -> "refused " + sentence;
      case Route.Found found ->
          tickets
              .give(concierge.wish(call.login(), found), key)
              .map(ticket -> given(ticket, proxies(found)))
              .orElse("refused " + Judge.UNANSWERED);
    };
  }

  /** What is recorded here comes back to this proxy only. */
  private List<String> proxies(Route.Found found) {
    Stopovers recording = stopovers;
    List<String> all =
        recording != null && Stopover.isFor(found.options())
            ? recording.places()
            : settings.proxies().get();
    return all.stream().limit(MOST_PROXIES).toList();
  }

  private static String given(byte[] ticket, List<String> proxies) {
    return "ticket %s %s"
        .formatted(
            Base64.getEncoder().encodeToString(ticket),
            proxies.isEmpty() ? "-" : String.join(",", proxies));
  }

  private static byte[] key(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
