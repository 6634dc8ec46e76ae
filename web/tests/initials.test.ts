/** Pages are found by the initials of their names in both languages, whatever is in the catalogues. */
import { describe, expect, it } from 'vitest'
import { initialsOf } from '@/app/initials'

describe('initials', () => {
  it('are those of the readings', () => {
    const said: Record<string, string> = {
      工作台: 'gzt', 辖区地图: 'xqdt', 实有人口: 'syrk', 家庭户: 'jth', 小区院落: 'xqyl', 楼栋: 'ld', 地址簿: 'dzb', 法人单位: 'frdw',
      重点场所: 'zdcs', 管理部件: 'glbj', 迁入请求: 'qrqq', 导入批次: 'drpc', 岗位: 'gw', 角色: 'js', 查阅日志: 'cyrz', 变更日志: 'bgrz',
      区域分组: 'qyfz', 账号: 'zh', 网格管理: 'wggl', 定时接收: 'dsjs', 年度台账: 'ndtz', '爱博客3': 'abk3',
    }
    expect(Object.fromEntries(Object.keys(said).map((k) => [k, initialsOf(k)]))).toEqual(said)
  })
  it('of English are those of its words', () => {
    expect([initialsOf('Move-in requests'), initialsOf('Home'), initialsOf('')]).toEqual(['mir', 'h', ''])
  })
})
