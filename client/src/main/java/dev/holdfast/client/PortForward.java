package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A forwarding that was asked for: where to listen, and where to lead what connects there. */
public record PortForward(Listen listen, Optional<Place> to) {
  /** Characters of a host's name; NI_MAXHOST. */
  static final int MOST_HOST = 1024;

  /** Bytes of a socket's path; that of Linux' {@code sun_path}. */
  static final int MOST_PATH = 107;

  private static final int MOST_FIELDS = 4;

  /** Where somebody listens. */
  public sealed interface Listen {
    /** On a TCP port; without an address, GatewayPorts says on which. 0 is any free port. */
    record Port(Optional<String> address, int port) implements Listen {}

    /** On a Unix-domain socket. */
    record Socket(String path) implements Listen {}
  }

  /** What a connection is led to. */
  public sealed interface Place {
    /** A TCP port. */
    record Port(String host, int port) implements Place {}

    /** A Unix-domain socket. */
    record Socket(String path) implements Place {}
  }

  /** A SOCKS server instead of a place: each connection says itself where to. */
  public boolean isDynamic() {
    return to.isEmpty();
  }

  /** {@code [listen:]port:host:port}, with paths in place of either side. */
  static PortForward local(String text) throws BadValue {
    return parse(text, false, 1);
  }

  /** The same at the server's side; without a place, a SOCKS server there. */
  static PortForward remote(String text) throws BadValue {
    try {
      return remoteTo(text);
    } catch (BadValue e) {
      return remoteDynamic(text);
    }
  }

  /** {@code [listen:]port:host:port} at the server's side. */
  static PortForward remoteTo(String text) throws BadValue {
    return parse(text, false, 0);
  }

  /** {@code [listen:]port} at the server's side, with a SOCKS server behind it. */
  static PortForward remoteDynamic(String text) throws BadValue {
    return parse(text, true, 0);
  }

  /** {@code [listen:]port}. */
  static PortForward dynamic(String text) throws BadValue {
    return parse(text, true, 1);
  }

  /** {@code host:port} or a path, as behind -W. */
  static Place place(String text) throws BadValue {
    return switch (dynamic(text).listen) {
      case Listen.Socket socket -> new Place.Socket(socket.path);
      case Listen.Port port when port.address.isPresent() ->
          new Place.Port(port.address.get(), port.port);
      case Listen.Port _ -> throw bad(text);
    };
  }

  private record Field(String text, boolean isPath) {}

  private static PortForward parse(String text, boolean dynamic, int leastPort) throws BadValue {
    List<Field> fields = fields(text.stripLeading());
    int listens = fields.getFirst().isPath ? 1 : 2;
    int last = fields.size() - 1;
    if (dynamic) {
      if (fields.size() > 2) {
        throw bad(text);
      }
      return new PortForward(listen(fields, leastPort), Optional.empty());
    }
    int leads = last > 0 && fields.get(last).isPath ? 1 : 2;
    int count = fields.size() - leads;
    if (count < 1 || count > listens) {
      throw bad(text);
    }
    Place to =
        leads == 1
            ? new Place.Socket(path(fields.get(last).text))
            : new Place.Port(
                host(fields.get(last - 1).text), Ports.parse(fields.get(last).text, 1));
    return new PortForward(listen(fields.subList(0, count), leastPort), Optional.of(to));
  }

  private static Listen listen(List<Field> fields, int leastPort) throws BadValue {
    if (fields.getFirst().isPath) {
      if (fields.size() > 1) {
        throw bad(fields.getFirst().text);
      }
      return new Listen.Socket(path(fields.getFirst().text));
    }
    int port = Ports.parse(fields.getLast().text, leastPort);
    return fields.size() == 1
        ? new Listen.Port(Optional.empty(), port)
        : new Listen.Port(Optional.of(host(fields.getFirst().text)), port);
  }

  private static List<Field> fields(String text) throws BadValue {
    List<Field> fields = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      if (fields.size() == MOST_FIELDS) {
        throw bad(text);
      }
      at = text.charAt(at) == '[' ? bracketed(text, at, fields) : bare(text, at, fields);
    }
    if (fields.isEmpty()) {
      throw bad(text);
    }
    return fields;
  }

  private static int bracketed(String text, int from, List<Field> fields) throws BadValue {
    int end = text.indexOf(']', from);
    if (end < 0 || (end + 1 < text.length() && text.charAt(end + 1) != ':')) {
      throw bad(text);
    }
    String field = text.substring(from + 1, end);
    fields.add(new Field(field, field.indexOf('/') >= 0));
    return end + 2;
  }

  private static int bare(String text, int from, List<Field> fields) throws BadValue {
    StringBuilder field = new StringBuilder();
    boolean isPath = false;
    int at = from;
    for (; at < text.length() && text.charAt(at) != ':'; at++) {
      if (text.charAt(at) == '\\' && ++at == text.length()) {
        throw bad(text);
      }
      isPath |= text.charAt(at) == '/';
      field.append(text.charAt(at));
    }
    fields.add(new Field(field.toString(), isPath));
    return at + 1;
  }

  private static String host(String text) throws BadValue {
    if (text.length() >= MOST_HOST) {
      throw bad(text);
    }
    return text;
  }

  private static String path(String text) throws BadValue {
    if (text.length() > MOST_PATH) {
      throw new BadValue("the path of a socket is longer than " + MOST_PATH + " bytes");
    }
    return text;
  }

  private static BadValue bad(String text) {
    return new BadValue("bad forwarding specification '" + text + "'");
  }

  /** As {@code ssh -G} prints it. */
  String listed() {
    String from =
        switch (listen) {
          case Listen.Socket socket -> socket.path;
          case Listen.Port port ->
              port.address.map(a -> "[" + a + "]:" + port.port).orElse("" + port.port);
        };
    return to.map(place -> from + " " + listed(place)).orElse(from);
  }

  /** The same of one at the server's side, where OpenSSH shows its mark for "dynamic". */
  String listedRemote() {
    return isDynamic() ? listed() + " [socks]:0" : listed();
  }

  private static String listed(Place place) {
    return switch (place) {
      case Place.Socket socket -> socket.path;
      case Place.Port port -> "[" + port.host + "]:" + port.port;
    };
  }
}
