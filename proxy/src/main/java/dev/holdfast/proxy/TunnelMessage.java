package dev.holdfast.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One line that a proxy and a node say to each other over a control link (PROTOCOL.tunnel, section
 * 2).
 */
sealed interface TunnelMessage {
  /** Characters of a line. */
  int MOST_LINE = 4096;

  /** Labels of a node. */
  int MOST_LABELS = 64;

  /** Behind a client's address: he came by a ticket. */
  String TICKET = "ticket";

  /** NAME=VALUE. */
  String LABEL = "[A-Za-z0-9._:/@+-]+=[A-Za-z0-9._:/@+-]+";

  /**
   * From a node, again and again: who it is.
   *
   * @param id of its installation
   */
  record Beat(String id, String version, Map<String, String> labels) implements TunnelMessage {
    public Beat {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * From a proxy, in answer to each beat.
   *
   * @param dialBack where to dial back to, HOST:PORT; empty for where this link leads
   */
  record Heard(String dialBack) implements TunnelMessage {}

  /**
   * From a proxy: dial, and show the nonce.
   *
   * @param client who waits
   */
  record Dial(byte[] nonce, Traveller client) implements TunnelMessage {}

  /** From a node: it can't dial. */
  record Failed(byte[] nonce) implements TunnelMessage {}

  /** Something that this version does not know, to be passed over. */
  record Other() implements TunnelMessage {}

  /** What came is no message. */
  final class MalformedException extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /** The line, without its end. */
  default String line() {
    return switch (this) {
      case Beat(String id, String version, Map<String, String> labels) ->
          "beat %s %s %s".formatted(word(id), word(version), text(labels));
      case Heard(String dialBack) -> "heard " + (dialBack.isEmpty() ? "-" : dialBack);
      case Dial(byte[] nonce, Traveller(InetSocketAddress from, boolean hasTicket)) ->
          "dial %s %s %d%s"
              .formatted(
                  hex(nonce),
                  from.getAddress().getHostAddress(),
                  from.getPort(),
                  hasTicket ? " " + TICKET : "");
      case Failed(byte[] nonce) -> "failed " + hex(nonce);
      case Other() -> "other";
    };
  }

  /** Reads a line. */
  static TunnelMessage parse(String line) throws MalformedException {
    if (line.length() > MOST_LINE) {
      throw new MalformedException("a line is too long");
    }
    String[] words = line.split(" ", -1);
    try {
      return switch (words[0]) {
        case "beat" -> new Beat(words[1], words[2], labels(words[3]));
        case "heard" -> new Heard(words[1].equals("-") ? "" : place(words[1]));
        case "dial" ->
            new Dial(
                nonce(words[1]),
                new Traveller(
                    new InetSocketAddress(
                        InetAddress.ofLiteral(words[2]), Integer.parseInt(words[3])),
                    words.length > 4 && words[4].equals(TICKET)));
        case "failed" -> new Failed(nonce(words[1]));
        default -> new Other();
      };
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new MalformedException("a line is not what it begins like");
    }
  }

  private static String place(String text) throws MalformedException {
    if (!text.matches("[A-Za-z0-9.:%\\[\\]_-]{1,300}")) {
      throw new MalformedException("a place to dial is none");
    }
    return text;
  }

  private static byte[] nonce(String hex) throws MalformedException {
    byte[] nonce = HexFormat.of().parseHex(hex);
    if (nonce.length != dev.holdfast.access.ProxyHello.NONCE) {
      throw new MalformedException("a nonce is none");
    }
    return nonce;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static Map<String, String> labels(String text) throws MalformedException {
    Map<String, String> labels = new TreeMap<>();
    if (text.equals("-")) {
      return labels;
    }
    for (String one : text.split(",", MOST_LABELS + 1)) {
      int sign = one.indexOf('=');
      if (!one.matches(LABEL)
          || labels.size() == MOST_LABELS
          || labels.put(one.substring(0, sign), one.substring(sign + 1)) != null) {
        throw new MalformedException("labels are none");
      }
    }
    return labels;
  }

  private static String text(Map<String, String> labels) {
    return labels.isEmpty()
        ? "-"
        : new TreeMap<>(labels)
            .entrySet().stream()
                .map(one -> word(one.getKey()) + "=" + word(one.getValue()))
                .collect(Collectors.joining(","));
  }

  /** A word that separates nothing. */
  private static String word(String text) {
    String bare = text.replaceAll("[^A-Za-z0-9._:/@+-]", "_");
    return bare.isEmpty() ? "_" : bare;
  }
}
