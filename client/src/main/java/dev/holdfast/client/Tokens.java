package dev.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What the {@code %} tokens and {@code ${VARIABLE}}s in a value stand for (ssh_config(5), TOKENS
 * and ENVIRONMENT VARIABLES). Immutable.
 */
public final class Tokens {
  private final Map<Character, String> values;
  private final Map<String, String> environment;

  private Tokens(Map<Character, String> values, Map<String, String> environment) {
    this.values = Map.copyOf(values);
    this.environment = environment;
  }

  /**
   * Those of a connection: {@code C L d h i j k l n p r u}.
   *
   * @param host the name that is connected to
   * @param original the name that was typed
   * @param keyAlias the name under which the host's keys are known
   * @param user the name at the server
   * @param jump the host before the last, or nothing
   */
  static Tokens of(
      Surroundings here,
      String host,
      String original,
      String keyAlias,
      int port,
      String user,
      String jump) {
    Map<Character, String> values = new HashMap<>();
    values.put('C', hash(here.hostName() + host + port + user + jump));
    values.put('L', here.hostName().split("\\.", 2)[0]);
    values.put('d', here.home().toString());
    values.put('h', host);
    values.put('i', Long.toString(here.uid()));
    values.put('j', jump);
    values.put('k', keyAlias);
    values.put('l', here.hostName());
    values.put('n', original);
    values.put('p', Integer.toString(port));
    values.put('r', user);
    values.put('u', here.user());
    return new Tokens(values, here.environment());
  }

  /** Only {@code %h}, as in Hostname. */
  static Tokens host(String host) {
    return new Tokens(Map.of('h', host), Map.of());
  }

  /** The same with more of them. */
  public Tokens with(Map<Character, String> more) {
    Map<Character, String> all = new HashMap<>(values);
    all.putAll(more);
    return new Tokens(all, environment);
  }

  /** The same without some of them. */
  Tokens without(char... tokens) {
    Map<Character, String> fewer = new HashMap<>(values);
    for (char token : tokens) {
      fewer.remove(token);
    }
    return new Tokens(fewer, environment);
  }

  /** The text with each token replaced, and variables left alone. */
  public String expand(String text) throws ConfigFailure {
    try {
      return expand(text, true, false);
    } catch (BadValue e) {
      throw ConfigFailure.of(e);
    }
  }

  /** The text with each token and each variable replaced. */
  public String expandAll(String text) throws ConfigFailure {
    try {
      return expand(text, true, true);
    } catch (BadValue e) {
      throw ConfigFailure.of(e);
    }
  }

  /** The text with each variable replaced, and tokens left alone. */
  static String variables(String text, Map<String, String> environment) throws BadValue {
    return new Tokens(Map.of(), environment).expand(text, false, true);
  }

  String expand(String text, boolean tokens, boolean variables) throws BadValue {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (variables && c == '$' && text.startsWith("{", i + 1)) {
        int end = text.indexOf('}', i);
        out.append(variable(text, i + 2, end));
        i = end;
      } else if (tokens && c == '%') {
        out.append(token(text, ++i));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private String variable(String text, int from, int end) throws BadValue {
    if (end <= from) {
      throw new BadValue("a ${ in \"" + text + "\" has no name or no }");
    }
    String value = environment.get(text.substring(from, end));
    if (value == null) {
      throw new BadValue("the variable ${" + text.substring(from, end) + "} is not set");
    }
    return value;
  }

  private String token(String text, int at) throws BadValue {
    if (at == text.length()) {
      throw new BadValue("a % stands at the end of \"" + text + "\"");
    }
    if (text.charAt(at) == '%') {
      return "%";
    }
    String value = values.get(text.charAt(at));
    if (value == null) {
      throw new BadValue("%" + text.charAt(at) + " means nothing in \"" + text + "\"");
    }
    return value;
  }

  private static String hash(String text) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }
}
