package dev.holdfast.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/** The machine that the figures are of. */
final class Machine {
  private Machine() {}

  /** Returns what a reader of the figures needs to know, by name. */
  static Map<String, Object> describe() throws IOException {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("cpu", first("/proc/cpuinfo", "model name"));
    facts.put("memory", first("/proc/meminfo", "MemTotal"));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("jdk", System.getProperty("java.vendor") + " " + Runtime.version());
    facts.put("load", load());
    return facts;
  }

  /** Returns the load average of the last minute. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String first(String file, String key) throws IOException {
    for (String line : Files.readAllLines(java.nio.file.Path.of(file))) {
      if (line.startsWith(key)) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "unknown";
  }
}
