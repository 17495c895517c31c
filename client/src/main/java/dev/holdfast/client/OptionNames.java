package dev.holdfast.client;

import java.util.Map;
import java.util.Set;

/** Names that options had in the past, and those that nobody knows any more (readconf.c). */
final class OptionNames {
  static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("challengeresponseauthentication", "kbdinteractiveauthentication"),
          Map.entry("skeyauthentication", "kbdinteractiveauthentication"),
          Map.entry("tisauthentication", "kbdinteractiveauthentication"),
          Map.entry("dsaauthentication", "pubkeyauthentication"),
          Map.entry("identityfile2", "identityfile"),
          Map.entry("keepalive", "tcpkeepalive"),
          Map.entry("hostbasedkeytypes", "hostbasedacceptedalgorithms"),
          Map.entry("pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms"),
          Map.entry("smartcarddevice", "pkcs11provider"));

  /** What OpenSSH passes over, and what only some builds of it know. */
  static final Set<String> IGNORED =
      Set.of(
          "protocol",
          "cipher",
          "fallbacktorsh",
          "globalknownhostsfile2",
          "rhostsauthentication",
          "userknownhostsfile2",
          "useroaming",
          "usersh",
          "useprivilegedport",
          "gssapiauthentication",
          "gssapidelegatecredentials",
          "gssapikeyexchange",
          "gssapitrustdns",
          "gssapirenewalforcesrekey",
          "gssapikexalgorithms",
          "gssapiclientidentity",
          "gssapiserveridentity",
          "setuptimeout",
          "protocolkeepalives",
          "afstokenpassing",
          "kerberosauthentication",
          "kerberostgtpassing",
          "rsaauthentication",
          "rhostsrsaauthentication",
          "compressionlevel");

  private OptionNames() {}
}
