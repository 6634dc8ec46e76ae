/// <reference types="vite/client" />
/** Side-effect style imports of Element Plus and precompiled catalogues have no types of their own. */
declare module 'element-plus/theme-chalk/*'
declare module '*?worker&url' {
  const url: string
  export default url
}
