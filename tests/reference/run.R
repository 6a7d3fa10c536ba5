# Writes metafor.json beside itself: what metafor says about data sets of metadat.
#   Rscript tests/reference/run.R
# The tests read the JSON only. What is in it, and why: README.md in this folder.

suppressPackageStartupMessages({
  library(metafor)
  library(metadat)
  library(clubSandwich)
})
options(warn = 2)

# metafor stops at a change of 1e-5 by default. A shorter step is tried where it does not converge.
TIGHT <- lapply(c(1, 0.5, 0.2), function(step) list(threshold = 1e-12, maxiter = 10000, stepadj = step))
LEVEL <- 95

# ---- the data sets ---------------------------------------------------------------------------
# table: the raw figures, named as the arguments of ketevidence.effects; extra: columns of the data
# set, or functions of it; the first measure is the one that is pooled. parts: what is stored beyond the fits.

two_groups <- function(d, events, n, control_events, control_n) {
  data.frame(events = d[[events]], n = d[[n]], control_events = d[[control_events]], control_n = d[[control_n]])
}

metafor_counts <- function(d) two_groups(d, "ai", "n1i", "ci", "n2i")

metafor_means <- function(d) {
  data.frame(
    mean = d$m1i, sd = d$sd1i, n = d$n1i,
    control_mean = d$m2i, control_sd = d$sd2i, control_n = d$n2i
  )
}

given <- function(d) data.frame(effect = d$yi, variance = d$vi)

case <- function(dataset, purpose, table, measures, rows = NULL, extra = list(), parts = character()) {
  whole <- get(dataset)
  kept <- if (is.null(rows)) seq_len(nrow(whole)) else rows
  complete <- complete.cases(table(whole)[kept, ])
  d <- whole[kept[complete], ]
  values <- function(column) if (is.function(column)) column(d) else d[[column]]
  list(
    dataset = dataset, purpose = purpose, rows = kept[complete], of = nrow(whole), measures = measures,
    table = table(d), extra = lapply(extra, values), parts = parts
  )
}

bcg <- function(purpose, rows = 1:13, measures = "RR", extra = list(order = "year"),
                parts = c("leave_one_out", "cumulative")) {
  counts <- function(d) {
    data.frame(events = d$tpos, n = d$tpos + d$tneg, control_events = d$cpos, control_n = d$cpos + d$cneg)
  }
  case("dat.bcg", purpose, counts, measures, rows, extra, parts)
}

hine <- function(purpose, rows = 1:6, measures = "OR", parts = c("leave_one_out", "cumulative")) {
  case("dat.hine1989", purpose, metafor_counts, measures, rows, list(), parts)
}

lehmann <- which(dat.lehmann2018$Design == "Within Subjects")

red <- function(d) {
  data.frame(
    mean = d$Red_M, sd = d$Red_SD, control_mean = d$Control_M, control_sd = d$Control_SD,
    n = d$Red_N, correlation = d$RM_r
  )
}

CASES <- list(
  "bcg" = bcg(
    "13 trials, large heterogeneity; moderator, subgroups, small-study effects, another level",
    measures = c("RR", "OR", "RD"),
    extra = list(order = "year", moderator = "ablat", group = "alloc"),
    parts = c("leave_one_out", "cumulative", "level_90", "gosh_summary")
  ),
  "bcg-first-2" = bcg("two studies that agree in part", 1:2, parts = character()),
  "bcg-first-3" = bcg("three studies, the fewest with a prediction interval (one degree of freedom)", 1:3),
  "bcg-first-5" = bcg("five studies with heterogeneity", 1:5),
  "bcg-two-maxima-0" = bcg("two maxima of the likelihood, the higher one at a variance of 0", c(5, 7, 9, 11)),
  "bcg-two-maxima" = bcg("two maxima of the likelihood, the one at 0 is 0.0002 lower", c(1, 3, 5, 13)),
  "bcg-first-8" = bcg("all 255 subsets of eight studies", 1:8, parts = "gosh"),
  "hine" = hine("homogeneous: the between-study variance is 0", measures = c("OR", "RR", "RD")),
  "hine-first-2" = hine("two homogeneous studies", 1:2, parts = character()),
  "hine-first-5" = hine("five homogeneous studies", 1:5),
  "normand" = case(
    "dat.normand1999", "mean differences in days with huge heterogeneity (I2 of 99%), large unit",
    metafor_means, c("MD", "SMD"),
    parts = c("leave_one_out", "cumulative")
  ),
  "normand-first-3" = case(
    "dat.normand1999", "three studies with huge heterogeneity", metafor_means, c("MD", "SMD"), 1:3,
    parts = "leave_one_out"
  ),
  "gibson" = case(
    "dat.gibson2002", "standardised mean differences of 13 trials; two rows without means are left out",
    metafor_means, c("SMD", "MD"),
    extra = list(order = "year"), parts = c("leave_one_out", "cumulative")
  ),
  "curtis" = case(
    "dat.curtis1998", "102 mean differences of plants, variances a factor 5e7 apart", metafor_means, c("MD", "SMD")
  ),
  "nielweise" = case(
    "dat.nielweise2007", "zero cells in one group; one trial without an event",
    metafor_counts, c("OR", "RR", "RD"),
    extra = list(order = "year"), parts = c("leave_one_out", "cumulative")
  ),
  "axfors" = case(
    "dat.axfors2021", "15 of 33 trials without an event; a trial with one person a group",
    function(d) two_groups(d, "hcq_arm_event", "hcq_arm_total", "control_arm_event", "control_arm_total"),
    c("OR", "RR", "RD"),
    parts = "leave_one_out"
  ),
  "egger" = case(
    "dat.egger2001", "small-study effects, one trial far larger than all others",
    metafor_counts, c("OR", "RR"),
    extra = list(order = "year", moderator = "year"), parts = c("leave_one_out", "cumulative")
  ),
  "lau" = case(
    "dat.lau1992", "the cumulative meta-analysis of 33 trials by year, ties of years, a zero cell",
    metafor_counts, c("OR", "RD"),
    extra = list(order = "year"), parts = "cumulative"
  ),
  "hartmannboyce-first-70" = case(
    "dat.hartmannboyce2018", "70 trials, moderate heterogeneity, zero cells",
    function(d) two_groups(d, "x.nrt", "n.nrt", "x.ctrl", "n.ctrl"),
    c("RR", "OR"),
    rows = 1:70, parts = "leave_one_out"
  ),
  "kearon" = case(
    "dat.kearon1998", "specificities: proportions near 1 and exactly 1",
    function(d) data.frame(events = d$tn, n = d$nn), "PLO",
    extra = list(group = "patients"), parts = "leave_one_out"
  ),
  "dong-first-40" = case(
    "dat.dong2013", "deaths an arm: proportions near 0 and exactly 0",
    function(d) data.frame(events = d$death, n = d$randomized), "PLO",
    rows = 1:40
  ),
  "pritz" = case(
    "dat.pritz1997", "proportions of a few people, two of them 1",
    function(d) data.frame(events = d$xi, n = d$ni), "PLO",
    parts = c("leave_one_out", "cumulative")
  ),
  "lehmann-within" = case(
    "dat.lehmann2018", "the same people under both conditions: mean change with a correlation",
    red, c("SMCR", "MC"),
    rows = lehmann, parts = c("leave_one_out", "cumulative")
  ),
  "hackshaw" = case(
    "dat.hackshaw1998", "37 given log odds ratios, mild heterogeneity, subgroups of unequal size",
    given, character(),
    extra = list(order = "year", group = "design", moderator = "year"), parts = "cumulative"
  ),
  "raudenbush" = case(
    "dat.raudenbush1985", "a moderator (weeks, 3 and more as 3) that accounts for all heterogeneity (R2 of 1)",
    given, character(),
    extra = list(moderator = function(d) pmin(d$weeks, 3), group = "tester"), parts = "leave_one_out"
  ),
  "baskerville" = case(
    "dat.baskerville2012", "small-study effects; three subgroups, the smallest of two or three studies",
    function(d) data.frame(effect = d$smd, variance = d$se^2), character(),
    extra = list(moderator = "duration", group = "design")
  ),
  "konstantopoulos" = case(
    "dat.konstantopoulos2011", "56 schools in 11 districts: cluster-robust interval",
    given, character(),
    extra = list(cluster = "district")
  ),
  "assink" = case(
    "dat.assink2016", "100 effects of 17 studies, 1 to 22 each: cluster-robust interval with few degrees of freedom",
    given, character(),
    extra = list(cluster = "study")
  )
)

# ---- effects ---------------------------------------------------------------------------------

effects_of <- function(measure, d) {
  found <- switch(measure,
    OR = , RR = , RD = escalc(
      measure, ai = d$events, n1i = d$n, ci = d$control_events, n2i = d$control_n,
      add = 1 / 2, to = "only0", drop00 = TRUE
    ),
    PLO = escalc("PLO", xi = d$events, ni = d$n, add = 1 / 2, to = "only0"),
    MD = , SMD = escalc(
      measure, m1i = d$mean, sd1i = d$sd, n1i = d$n,
      m2i = d$control_mean, sd2i = d$control_sd, n2i = d$control_n, vtype = "LS"
    ),
    MC = escalc(
      "MC", m1i = d$mean, sd1i = d$sd, m2i = d$control_mean, sd2i = d$control_sd, ni = d$n, ri = d$correlation
    ),
    # metafor standardises by the SD named sd1i, whichever of the two means that belongs to
    SMCR = escalc(
      "SMCR", m1i = d$mean, m2i = d$control_mean, sd1i = d$control_sd, ni = d$n, ri = d$correlation
    )
  )
  list(effect = as.numeric(found$yi), variance = as.numeric(found$vi))
}

# ---- is a stored optimum the global one, and converged? ----------------------------------------
# The likelihoods are written out here anew: Viechtbauer (2005), doi:10.3102/10769986030003261

log_likelihood <- function(tau2, y, v, x, method) {
  vapply(tau2, function(t) {
    w <- 1 / (v + t)
    information <- crossprod(x, w * x)
    residual <- y - x %*% solve(information, crossprod(x, w * y))
    value <- sum(log(w)) / 2 - sum(w * residual^2) / 2
    if (method == "REML") value - determinant(information)$modulus / 2 else value
  }, numeric(1))
}

score <- function(tau2, y, v, x, method) {
  w <- 1 / (v + tau2)
  inverse <- solve(crossprod(x, w * x))
  residual <- y - x %*% inverse %*% crossprod(x, w * y)
  trace <- sum(w)
  if (method == "REML") trace <- trace - sum(inverse * crossprod(x, w^2 * x))
  (sum(w^2 * residual^2) - trace) / 2
}

stop_unless_optimal <- function(tau2, y, v, x, method, points = 300) {
  grid <- c(0, exp(seq(log(min(v) * 1e-4), log(10 * (max(v) + diff(range(y))^2)), length.out = points)))
  best <- max(log_likelihood(grid, y, v, x, method))
  stopifnot(log_likelihood(tau2, y, v, x, method) > best - 1e-9)
  if (tau2 > 1e-8 * min(v)) {
    root <- uniroot(score, tau2 * c(0.999, 1.001), y, v, x, method, tol = tau2 * 1e-13)$root
    stopifnot(abs(root / tau2 - 1) < 1e-8)
  } else {
    stopifnot(score(0, y, v, x, method) <= 0)
  }
}

# ---- fits ------------------------------------------------------------------------------------

# Said of 'curtis', and of three subsets of 'bcg' with two maxima; the optimum is proved above.
quietly <- function(value) {
  withCallingHandlers(value, warning = function(w) {
    known <- "Ratio of largest to smallest sampling variance|may have gotten stuck at a local maximum"
    if (grepl(known, conditionMessage(w))) invokeRestart("muffleWarning")
  })
}

fitted_to <- function(y, v, x = NULL, method = "REML", test = "z", level = LEVEL, points = 300) {
  arguments <- list(yi = y, vi = v, method = method, test = test, level = level)
  if (!is.null(x)) arguments$mods <- x
  if (method %in% c("DL", "EE")) return(quietly(do.call(rma, arguments)))
  for (control in TIGHT) {
    found <- try(quietly(do.call(rma, c(arguments, list(control = control)))), silent = TRUE)
    if (!inherits(found, "try-error")) break
  }
  stop_unless_optimal(found$tau2, y, v, found$X, method, points)
  found
}

interval_of <- function(found, row = 1) {
  list(
    se = found$se[row], low = found$ci.lb[row], high = found$ci.ub[row], p = found$pval[row],
    factor = found$s2w
  )
}

# 3.8.1 knows 'riley' in small letters and takes any unknown word, 'Riley' too, for the default.
with_prediction <- function(found, level = LEVEL) {
  k <- found$k
  answer <- interval_of(found)
  if (found$method == "EE") return(answer)
  default <- predict(found)
  riley <- suppressWarnings(predict(found, pi.type = "riley"))
  upper <- 1 - (100 - level) / 200
  width <- sqrt(default$se^2 + found$tau2)
  reach <- if (found$test == "z") qnorm(upper) else qt(upper, k - 1)
  stopifnot(abs((default$pi.ub - default$pi.lb) / 2 / width / reach - 1) < 1e-12)
  if (k > 2) stopifnot(abs((riley$pi.ub - riley$pi.lb) / 2 / width / qt(upper, k - 2) - 1) < 1e-12)
  c(answer, list(
    prediction = list(low = default$pi.lb, high = default$pi.ub),
    prediction_riley = if (k > 2) list(low = riley$pi.lb, high = riley$pi.ub)
  ))
}

fits_of <- function(y, v) {
  sapply(c("REML", "ML", "DL", "EE"), simplify = FALSE, function(method) {
    tests <- if (method == "EE") "z" else c("z", "knha", "adhoc")
    fits <- sapply(tests, simplify = FALSE, function(test) fitted_to(y, v, method = method, test = test))
    z <- fits$z
    c(
      list(
        estimate = z$beta[1], tau2 = z$tau2, i2 = z$I2 / 100, h2 = z$H2, q = z$QE, q_p = z$QEp,
        weights = as.numeric(weights(z)) / 100
      ),
      lapply(fits, with_prediction)
    )
  })
}

# Limits are proved by the equation that defines them: Viechtbauer (2007), doi:10.1002/sim.2514
tau2_limits <- function(y, v, level = LEVEL) {
  most <- 1e5 * (max(v) + diff(range(y))^2)
  tolerance <- 1e-14 * min(v)
  control <- list(tol = tolerance, maxiter = 10000, tau2.max = most)
  found <- confint(fitted_to(y, v, level = level), level = level, control = control)
  limits <- as.numeric(found$random["tau^2", c("ci.lb", "ci.ub")])
  generalised <- function(tau2) sum((y - weighted.mean(y, 1 / (v + tau2)))^2 / (v + tau2))
  for (side in 1:2) {
    target <- qchisq(0.5 + c(1, -1)[side] * level / 200, length(y) - 1)
    if (generalised(0) <= target) {
      stopifnot(limits[side] == 0)
    } else {
      root <- uniroot(function(tau2) generalised(tau2) - target, c(0, most), tol = tolerance)$root
      stopifnot(abs(limits[side] - root) < 1e-9 * (root + min(v)))
      stopifnot(abs(generalised(limits[side]) / target - 1) < 1e-8)
    }
  }
  list(low = limits[1], high = limits[2], empty = isTRUE(found$ci.null))
}

# One row a fit; metafor's own leave1out and cumul must say the same as the fits one by one.
many_of <- function(rows, y, v, own) {
  fits <- lapply(rows, function(row) fitted_to(y[row], v[row], test = "adhoc"))
  column <- function(name) vapply(fits, function(one) as.numeric(one[[name]])[1], numeric(1))
  names <- c(estimate = "beta", se = "se", low = "ci.lb", high = "ci.ub", p = "pval", tau2 = "tau2", q = "QE")
  found <- c(lapply(as.list(names), column), list(i2 = column("I2") / 100, h2 = column("H2")))
  for (name in c("estimate", "se", "ci.lb", "ci.ub", "pval", "tau2", "Q", "I2", "H2")) {
    ours <- column(switch(name, estimate = "beta", Q = "QE", name))
    stopifnot(all(abs(own[[name]] - ours) < 1e-7 * (abs(ours) + 1e-3)))
  }
  found
}

leave_one_out_of <- function(y, v) {
  own <- leave1out(fitted_to(y, v, test = "adhoc"))
  many_of(lapply(seq_along(y), function(i) -i), y, v, own)
}

cumulative_of <- function(y, v, order_by) {
  ranked <- order(order_by)
  own <- cumul(fitted_to(y[ranked], v[ranked], test = "adhoc"))
  own <- lapply(own[c("estimate", "se", "ci.lb", "ci.ub", "pval", "tau2", "Q", "I2", "H2")], function(z) z[-1])
  sizes <- seq(2, length(y))
  c(list(order = order_by), many_of(lapply(sizes, function(size) ranked[seq_len(size)]), y, v, own))
}

regression_of <- function(y, v, moderator) {
  sapply(c("z", "knha", "adhoc"), simplify = FALSE, function(test) {
    found <- fitted_to(y, v, moderator, test = test)
    stopifnot(abs(found$R2 / 100 - max(0, 1 - found$tau2 / fitted_to(y, v)$tau2)) < 1e-8)
    c(
      list(intercept = found$beta[1], slope = found$beta[2]), interval_of(found, 2),
      list(tau2 = found$tau2, r2 = found$R2 / 100)
    )
  })
}

small_study_of <- function(y, v) {
  own <- quietly(regtest(fitted_to(y, v), model = "rma", predictor = "sei"))
  found <- fitted_to(y, v, sqrt(v))
  stopifnot(abs(own$zval - found$zval[2]) < 1e-7, abs(own$est - found$beta[1]) < 1e-7)
  list(slope = found$beta[2], se = found$se[2], z = found$zval[2], p = found$pval[2], limit = found$beta[1])
}

subgroups_of <- function(y, v, group) {
  names <- unique(group)
  names <- names[table(group)[names] > 1]
  sapply(c("z", "adhoc"), simplify = FALSE, function(test) {
    fits <- lapply(names, function(name) fitted_to(y[group == name], v[group == name], test = test))
    column <- function(name) vapply(fits, function(one) as.numeric(one[[name]])[1], numeric(1))
    between <- rma(column("beta"), sei = column("se"), mods = ~ factor(names), method = "EE")
    list(
      names = names, k = column("k"), estimate = column("beta"), se = column("se"), tau2 = column("tau2"),
      low = column("ci.lb"), high = column("ci.ub"), q = between$QM, df = between$QMdf[1], p = between$QMp
    )
  })
}

robust_of <- function(y, v, cluster) {
  sapply(c("REML", "DL"), simplify = FALSE, function(method) {
    arguments <- list(fitted_to(y, v, method = method), cluster = cluster, clubSandwich = TRUE)
    found <- do.call(robust, arguments) # robust() looks for the name of a cluster in its data, not here
    list(
      estimate = found$beta[1], tau2 = found$tau2, se = found$se, df = found$dfs,
      low = found$ci.lb, high = found$ci.ub, p = found$pval
    )
  })
}

subsets_of <- function(y, v) {
  k <- length(y)
  members <- as.matrix(expand.grid(rep(list(0:1), k)))[-1, ]
  members <- members[order(rowSums(members)), ]
  rows <- apply(members == 1, 1, function(inside) {
    found <- if (sum(inside) == 1) rma(y[inside], v[inside]) else fitted_to(y[inside], v[inside], points = 60)
    c(k = found$k, estimate = found$beta[1], tau2 = found$tau2, i2 = found$I2 / 100)
  })
  list(members = apply(members, 1, paste, collapse = ""), rows = as.data.frame(t(rows)))
}

gosh_of <- function(y, v) {
  subsets <- subsets_of(y, v)
  own <- gosh(fitted_to(y, v), progbar = FALSE)$res
  stopifnot(nrow(own) == nrow(subsets$rows), all(abs(sort(own$estimate) - sort(subsets$rows$estimate)) < 1e-7))
  c(list(members = subsets$members), as.list(subsets$rows))
}

gosh_summary_of <- function(y, v) {
  rows <- subset(subsets_of(y, v)$rows, k >= 2)
  summary <- function(values) list(mean = mean(values), min = min(values), max = max(values))
  c(list(count = nrow(rows)), lapply(rows[c("estimate", "tau2", "i2")], summary))
}

# ---- one data set ------------------------------------------------------------------------------

results_of <- function(one) {
  effects <- sapply(one$measures, simplify = FALSE, function(measure) effects_of(measure, one$table))
  pooled <- if (length(effects)) effects[[1]] else one$table
  inside <- is.finite(pooled$effect)
  y <- pooled$effect[inside]
  v <- pooled$variance[inside]
  extra <- lapply(one$extra, function(values) values[inside])
  wanted <- function(part) part %in% one$parts
  order_by <- if (is.null(extra$order)) rev(seq_along(y)) else extra$order
  found <- list(
    dataset = one$dataset, rows = range_or_list(one$rows), of = one$of, purpose = one$purpose,
    table = as.list(one$table), extra = one$extra, effects = effects,
    measure = if (length(effects)) names(effects)[1], k = length(y),
    fits = fits_of(y, v), tau2_limits = tau2_limits(y, v)
  )
  if (wanted("leave_one_out")) found$leave_one_out <- leave_one_out_of(y, v)
  if (wanted("cumulative")) found$cumulative <- cumulative_of(y, v, order_by)
  if (wanted("level_90")) {
    found$level_90 <- c(
      with_prediction(fitted_to(y, v, test = "adhoc", level = 90), 90),
      list(tau2_limits = tau2_limits(y, v, 90))
    )
  }
  if (wanted("gosh")) found$gosh <- gosh_of(y, v)
  if (wanted("gosh_summary")) found$gosh_summary <- gosh_summary_of(y, v)
  if (length(y) >= 10) found$small_study <- small_study_of(y, v)
  if (!is.null(extra$moderator)) found$regression <- regression_of(y, v, extra$moderator)
  if (!is.null(extra$group)) found$subgroups <- subgroups_of(y, v, extra$group)
  if (!is.null(extra$cluster)) found$robust <- robust_of(y, v, extra$cluster)
  found
}

range_or_list <- function(rows) {
  if (all(diff(rows) == 1)) sprintf("%d to %d", min(rows), max(rows)) else paste(rows, collapse = ", ")
}

# ---- JSON --------------------------------------------------------------------------------------
# Written by hand: jsonlite stops at 15 digits. A number is as short as gives the same double back.

number <- function(value) {
  if (!is.finite(value)) return("null")
  short <- sprintf("%.15g", value)
  if (as.numeric(short) == value) short else sprintf("%.17g", value)
}

json <- function(value, indent = "") {
  deeper <- paste0(indent, " ")
  if (is.null(value)) return("null")
  if (is.list(value)) {
    if (!length(value)) return("{}")
    lines <- mapply(function(name, one) sprintf("%s\"%s\": %s", deeper, name, json(one, deeper)), names(value), value)
    return(sprintf("{\n%s\n%s}", paste(lines, collapse = ",\n"), indent))
  }
  items <- switch(class(value)[1],
    character = sprintf("\"%s\"", value),
    logical = tolower(value),
    vapply(value, number, "")
  )
  if (length(items) == 1) return(items)
  lines <- tapply(items, (seq_along(items) - 1) %/% 5, paste, collapse = ", ")
  if (length(lines) == 1) return(sprintf("[%s]", lines))
  sprintf("[\n%s\n%s]", paste0(deeper, lines, collapse = ",\n"), indent)
}

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
versions <- list(R = paste(R.version$major, R.version$minor, sep = "."))
for (name in c("metafor", "metadat", "clubSandwich")) versions[[name]] <- as.character(packageVersion(name))
cases <- list()
for (name in names(CASES)) {
  message(name)
  cases[[name]] <- results_of(CASES[[name]])
}
writeLines(json(list(versions = versions, cases = cases)), file.path(dirname(script), "metafor.json"), useBytes = TRUE)
