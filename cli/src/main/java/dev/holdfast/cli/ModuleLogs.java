package dev.holdfast.cli;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What our modules say through SLF4J, in the log of the service that this process is; nothing where
 * it is none. Libraries are not heard: they say through exceptions what people should know, and
 * their logs have peers' bytes in them. Thread-safe.
 */
public final class ModuleLogs implements SLF4JServiceProvider {
  private static final String OURS = "dev.holdfast.";
  private static final String SLF4J = "org.slf4j.";
  private static final StackWalker CALLERS = StackWalker.getInstance();

  private static volatile @Nullable ServiceLog target;

  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new NOPMDCAdapter();
  private final ConcurrentHashMap<String, Logger> loggers = new ConcurrentHashMap<>();

  /**
   * Classes of ours that extend a library's, which asks for a log in their name for each object.
   * Their own loggers are static, so given before the first object: who asks later is the library.
   */
  private final Set<String> extended = ConcurrentHashMap.newKeySet();

  /** For {@link java.util.ServiceLoader}. */
  public ModuleLogs() {}

  /** From now on modules are heard in {@code log}. */
  static void goTo(ServiceLog log) {
    target = log;
  }

  static @Nullable ServiceLog target() {
    return target;
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return this::logger;
  }

  private Logger logger(String name) {
    if (!name.startsWith(OURS) || extended.contains(name)) {
      return NOPLogger.NOP_LOGGER;
    }
    if (CALLERS.walk(ModuleLogs::isCalledByOurs)) {
      return loggers.computeIfAbsent(name, ModuleLogger::new);
    }
    extended.add(name);
    return NOPLogger.NOP_LOGGER;
  }

  /** A library's class logs in the name of the class of ours that extends it. */
  private static boolean isCalledByOurs(Stream<StackWalker.StackFrame> frames) {
    return frames
        .map(StackWalker.StackFrame::getClassName)
        .filter(it -> !it.startsWith(SLF4J) && !it.startsWith(ModuleLogs.class.getName()))
        .findFirst()
        .filter(it -> it.startsWith(OURS))
        .isPresent();
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}
}
