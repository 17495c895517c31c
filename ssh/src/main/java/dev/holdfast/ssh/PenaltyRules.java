package dev.holdfast.ssh;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * For what, and for how long, connections from a source are refused (sshd_config(5),
 * PerSourcePenalties).
 *
 * @param authFail for a connection that ended after failed attempts
 * @param noAuth for one that ended without an attempt
 * @param graceExceeded for one that took longer than LoginGraceTime
 * @param most the longest refusal
 * @param least what has to add up before anything is refused
 * @param sources penalties at a time, of IPv4
 * @param sourcesSix of IPv6
 * @param denyAll whether everybody is refused when there are more of IPv4
 * @param denyAllSix likewise of IPv6
 */
public record PenaltyRules(
    boolean enabled,
    Duration authFail,
    Duration noAuth,
    Duration graceExceeded,
    Duration most,
    Duration least,
    int sources,
    int sourcesSix,
    boolean denyAll,
    boolean denyAllSix) {
  private static final int MOST_SOURCES = 1_000_000;

  /** What sshd's processes and Match blocks do, which are not here. */
  private static final Set<String> OTHERS = Set.of("crash", "refuseconnection");

  /** As with sshd. */
  public static final PenaltyRules DEFAULT = of(true, Map.of(), 65_536, 65_536, false, false);

  private static PenaltyRules of(
      boolean enabled,
      Map<String, Duration> times,
      int sources,
      int sourcesSix,
      boolean denyAll,
      boolean denyAllSix) {
    return new PenaltyRules(
        enabled,
        times.getOrDefault("authfail", Duration.ofSeconds(5)),
        times.getOrDefault("noauth", Duration.ofSeconds(1)),
        times.getOrDefault("grace-exceeded", Duration.ofSeconds(10)),
        times.getOrDefault("max", Duration.ofMinutes(10)),
        times.getOrDefault("min", Duration.ofSeconds(15)),
        sources,
        sourcesSix,
        denyAll,
        denyAllSix);
  }

  static PenaltyRules parse(String value) throws BadValueException {
    List<String> words = OptionSyntax.words(value);
    if (words.size() == 1 && words.getFirst().indexOf(':') < 0) {
      return of(
          OptionSyntax.yesNo(words.getFirst()),
          Map.of(),
          DEFAULT.sources,
          DEFAULT.sourcesSix,
          false,
          false);
    }
    Map<String, Duration> times = new HashMap<>();
    int sources = DEFAULT.sources;
    int sourcesSix = DEFAULT.sourcesSix;
    boolean denyAll = false;
    boolean denyAllSix = false;
    for (String word : words) {
      String[] parts = word.toLowerCase(Locale.ROOT).split(":", 2);
      String text = parts.length == 2 ? parts[1] : "";
      switch (parts[0]) {
        case "authfail", "noauth", "grace-exceeded", "max", "min", "crash", "refuseconnection" ->
            times.put(parts[0], OptionSyntax.time(text));
        case "max-sources4" -> sources = OptionSyntax.number(text, 1, MOST_SOURCES);
        case "max-sources6" -> sourcesSix = OptionSyntax.number(text, 1, MOST_SOURCES);
        case "overflow" -> denyAll = deniesAll(text);
        case "overflow6" -> denyAllSix = deniesAll(text);
        default ->
            throw new BadValueException(
                "is yes, no, or words such as authfail:5s noauth:1s grace-exceeded:10s max:10m"
                    + " min:15s");
      }
    }
    times.keySet().removeAll(OTHERS);
    return of(true, times, sources, sourcesSix, denyAll, denyAllSix);
  }

  private static boolean deniesAll(String mode) throws BadValueException {
    return switch (mode) {
      case "permissive" -> false;
      case "deny-all" -> true;
      default -> throw new BadValueException("has an overflow that is permissive or deny-all");
    };
  }

  /** As somebody would write it. */
  @Override
  public String toString() {
    return !enabled
        ? "no"
        : "authfail:%d noauth:%d grace-exceeded:%d max:%d min:%d"
                .formatted(
                    authFail.toSeconds(),
                    noAuth.toSeconds(),
                    graceExceeded.toSeconds(),
                    most.toSeconds(),
                    least.toSeconds())
            + " max-sources4:%d max-sources6:%d overflow:%s overflow6:%s"
                .formatted(sources, sourcesSix, mode(denyAll), mode(denyAllSix));
  }

  private static String mode(boolean deniesAll) {
    return deniesAll ? "deny-all" : "permissive";
  }
}
