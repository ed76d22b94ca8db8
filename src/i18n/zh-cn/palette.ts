import type { en, Translation } from '../messages';

export const palette: Translation<typeof en.palette> = {
  title: '命令面板',
  placeholder: '搜索操作和镜像',
  results: '结果',
  groupActions: '操作',
  groupImages: '镜像',
  groupGoTo: '前往',
  nothing: '没有匹配项。',
  untagged: (id) => `无标签 ${id}`,
  goTo: (page) => `前往${page}`,
  sample: '试用示例镜像',
  theme: (theme) => `主题：${theme}`,
  language: (language) => `语言：${language}`,
  cancelTask: (subject) => `取消加载 ${subject}`,
  verifyAll: '重新校验所有摘要',
  listImages: '在控制台中列出镜像',
  copyId: '复制此镜像的 ID',
  inspect: '在控制台中 inspect 此镜像',
  choose: '选择',
  run: '运行',
  close: '关闭',
};
