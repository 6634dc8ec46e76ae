/** A browser and system people recognise, out of a user-agent line. Null when it says nothing we know. */
export function deviceName(agent: string | null): string | null {
  if (!agent) return null
  const find = (pairs: [RegExp, string][]) => pairs.find(([pattern]) => pattern.test(agent))?.[1]
  const browser = find([[/MicroMessenger/, 'WeChat'], [/DingTalk/, 'DingTalk'], [/Edg\//, 'Edge'], [/QQBrowser/, 'QQ Browser'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']])
  const system = find([[/HarmonyOS|OpenHarmony/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']])
  return [browser, system].filter(Boolean).join(' · ') || null
}
